// SPDX-License-Identifier: MPL-2.0

// Package tools finds the programs that the modules in tools/ pin, for tests that
// run them.
package tools

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Modules that pin tools. They are several because their tools need different
// versions of what they depend on, and because some are seldom needed and large.
const (
	General = "tools"
	Policy  = "tools/policy"
	Release = "tools/release"
)

// Path returns the executable of a tool of the module, which is built if it was
// not yet. The caller's working directory must be within the repository.
func Path(ctx context.Context, module, tool string) (string, error) {
	own, err := goOutput(ctx, "env", "GOMOD")
	if err != nil {
		return "", err
	}
	pins := filepath.Join(filepath.Dir(own), filepath.FromSlash(module), "go.mod")
	return goOutput(ctx, "tool", "-modfile="+pins, "-n", tool)
}

func goOutput(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", args...).Output() //nolint:gosec // the arguments are this package's, and the name of a tool
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
