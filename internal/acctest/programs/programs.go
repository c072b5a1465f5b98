// SPDX-License-Identifier: MPL-2.0

// Package programs finds the programs that tests need. `make tools` builds them, so
// that no test does.
package programs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Root returns the directory of the repository around the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "GNUmakefile")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no GNUmakefile is above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

// Path returns the path of a program in bin/tools of the repository around the
// working directory.
func Path(name string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", fmt.Errorf("%w, so %s cannot be found", err, name)
	}
	path := filepath.Join(root, "bin", "tools", name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built: run `make tools` (%w)", name, err)
	}
	return path, nil
}
