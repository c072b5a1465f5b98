// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Measured stands in for the provider in tests: it runs the provider that
// MEASURED_PROVIDER names, and writes the provider's process id and, at its end,
// the most memory that it used, into the working directory. Terraform starts a
// provider several times in a run; the largest figure stays.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
)

func main() {
	os.Exit(run())
}

func run() int {
	provider := exec.CommandContext(context.Background(), os.Getenv("MEASURED_PROVIDER")) //nolint:gosec // the test names it
	// The settings that make tests faster are not a user's: with them, the provider takes twice the memory.
	provider.Env = append(os.Environ(), "GOGC=", "GOMEMLIMIT=")
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := provider.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	write("provider.pid", int64(provider.Process.Pid))
	_ = provider.Wait()
	usage, ok := provider.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1
	}
	peak := usage.Maxrss * 1024
	if runtime.GOOS == "darwin" {
		peak = usage.Maxrss
	}
	earlier, _ := os.ReadFile("provider.memory")
	if known, err := strconv.ParseInt(string(earlier), 10, 64); err != nil || known < peak {
		write("provider.memory", peak)
	}
	return max(0, provider.ProcessState.ExitCode())
}

func write(name string, number int64) {
	_ = os.WriteFile(name, []byte(strconv.FormatInt(number, 10)), 0o600)
}
