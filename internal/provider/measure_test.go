// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// measuredProvider names, in the environment, the provider's binary. Where it is
// set, this test's own binary stands in for the provider: it runs the real one,
// and writes down its process id and, at its end, how much memory it used.
const measuredProvider = "MEASURED_PROVIDER"

const (
	pidFile    = "provider.pid"
	memoryFile = "provider.memory"
)

// measuredDir holds this test's binary under the provider's name.
var measuredDir string

func prepareMeasuring() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	measuredDir = filepath.Join(binaryDir, "measured")
	if err := os.Mkdir(measuredDir, 0o750); err != nil {
		return err
	}
	return os.Symlink(self, filepath.Join(measuredDir, "terraform-provider-juspay"))
}

// realProvider is the provider's binary.
func realProvider() string {
	return filepath.Join(binaryDir, "terraform-provider-juspay")
}

// measure runs the provider in the CLI's working directory. Terraform starts it
// several times in a run; the largest figure stays.
func measure(provider string) int {
	command := exec.CommandContext(context.Background(), provider) //nolint:gosec // the test that runs the CLI names it
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = os.WriteFile(pidFile, []byte(strconv.Itoa(command.Process.Pid)), 0o600) //nolint:gosec // a fixed name in the test's own folder
	_ = command.Wait()
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1
	}
	peak := usage.Maxrss * 1024
	if runtime.GOOS == "darwin" {
		peak = usage.Maxrss
	}
	earlier, _ := readNumber(os.DirFS("."), memoryFile)
	_ = os.WriteFile(memoryFile, []byte(strconv.FormatInt(max(peak, earlier), 10)), 0o600) //nolint:gosec // a fixed name in the test's own folder
	return max(0, command.ProcessState.ExitCode())
}

func readNumber(dir fs.FS, name string) (int64, error) {
	content, err := fs.ReadFile(dir, name)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
}

// peakMemory returns the most bytes that the provider used in the workspace.
func (w *workspace) peakMemory(t *testing.T) int64 {
	t.Helper()
	peak, err := readNumber(os.DirFS(w.dir), memoryFile)
	if err != nil {
		t.Error(err)
	}
	return peak
}
