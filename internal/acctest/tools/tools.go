// SPDX-License-Identifier: MPL-2.0

// Package tools finds the programs that tests need. `make tools` builds them, so
// that no test does.
package tools

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Path returns the path of a program in bin/tools of the repository around the
// working directory.
func Path(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "GNUmakefile")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no GNUmakefile is above the working directory, so %s cannot be found", name)
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "bin", "tools", name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built: run `make tools` (%w)", name, err)
	}
	return path, nil
}
