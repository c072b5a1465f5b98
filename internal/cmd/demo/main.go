// SPDX-License-Identifier: MPL-2.0

// Demo shows the provider at work: the real Terraform CLI reads accounts from a
// fake Juspay on this machine, and a failed account is caught. It fails if the CLI
// prints anything unexpected.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

func main() {
	colour := flag.Bool("color", isTerminal(os.Stdout), "show the CLI's colours")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *colour)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run shows the provider. The working directory must be the root of the repository.
func run(ctx context.Context, out io.Writer, colour bool) error {
	temp, err := os.MkdirTemp("", "juspay-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()

	step(out, "Building the provider from this source: a minute on the first run, then seconds.")
	if err := tfcli.BuildProvider(ctx, temp); err != nil {
		return err
	}

	server := juspaytest.NewServer()
	defer server.Close()
	for _, account := range juspaytest.Samples() {
		server.Put(account)
	}
	step(out, "A fake Juspay is listening on this machine, at "+server.URL+".")

	executable, err := tfcli.Find(ctx, out)
	if err != nil {
		return err
	}
	configuration := filepath.Join(temp, "configuration")
	if err := os.CopyFS(configuration, os.DirFS(filepath.Join("examples", "demo"))); err != nil {
		return err
	}
	env := []string{"JUSPAY_API_KEY=" + juspaytest.APIKey, "JUSPAY_BASE_URL=" + server.URL}
	if !colour {
		env = append(env, "TF_CLI_ARGS=-no-color")
	}
	cli, err := tfcli.New(executable, configuration, temp, env...)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(executable), ".exe")
	for _, scene := range []func(context.Context, io.Writer, string, *tfcli.CLI) error{showCheck, showOutputs, showPostcondition} {
		if err := scene(ctx, out, name, cli); err != nil {
			return err
		}
	}
	if err := checkOnlyGETs(server); err != nil {
		return err
	}
	step(out, fmt.Sprintf("Done. The provider sent %d requests to the fake Juspay, all of them GET.\n   Nothing is left running.", len(server.Requests())))
	return nil
}

// showCheck applies a configuration whose check warns of an account in FAILURE.
func showCheck(ctx context.Context, out io.Writer, name string, cli *tfcli.CLI) error {
	step(out, "Running `"+name+" apply` on a copy of examples/demo. It reads the accounts of three\n"+
		"   vendors, one of which is in FAILURE. A check warns of it and stops nothing.\n"+
		"   (The first warning is expected: the provider was built here, and is not from a\n"+
		"   registry.)")
	printed, err := show(ctx, out, cli, "apply", "-auto-approve")
	if err != nil {
		return fmt.Errorf("apply failed: %w", err)
	}
	return checkContains(printed, "Check block assertion failed", `accounts that are not ACTIVE: {"banh_corner_shop_failure":"FAILURE"}`)
}

// showOutputs prints the statuses that showCheck stored.
func showOutputs(ctx context.Context, out io.Writer, name string, cli *tfcli.CLI) error {
	step(out, "Running `"+name+" output -json validation_status`: the statuses, for other programs.")
	printed, err := show(ctx, out, cli, "output", "-json", "validation_status")
	if err != nil {
		return fmt.Errorf("output failed: %w", err)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		return fmt.Errorf("output printed no JSON: %w", err)
	}
	want := map[string]string{"acme": "ACTIVE", "blue_bank": "ACTIVE", "corner_shop": "FAILURE"}
	if !maps.Equal(got, want) {
		return fmt.Errorf("the outputs are %v, expected %v", got, want)
	}
	return nil
}

// showPostcondition plans a payout that a postcondition stops. It fails if the plan does not.
func showPostcondition(ctx context.Context, out io.Writer, name string, cli *tfcli.CLI) error {
	step(out, "Running `"+name+" plan -var payee=corner_shop`. The payout is a placeholder and\n"+
		"   moves no money. The postcondition must stop the run, since the account is in\n"+
		"   FAILURE: the error at the end is expected.")
	printed, err := show(ctx, out, cli, "plan", "-var", "payee=corner_shop")
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return errors.Join(errors.New("the postcondition should have stopped the plan"), err)
	}
	return checkContains(printed, "Resource postcondition failed", "corner_shop is FAILURE.")
}

// show runs a command, prints its output, and returns the output without colours.
func show(ctx context.Context, out io.Writer, cli *tfcli.CLI, args ...string) (string, error) {
	var printed bytes.Buffer
	both := io.MultiWriter(out, &printed)
	err := cli.Run(ctx, both, both, args...)
	return tfcli.WithoutColours(printed.String()), err
}

// checkContains fails unless printed contains each of wanted. It ignores the line breaks and boxes
// that Terraform adds.
func checkContains(printed string, wanted ...string) error {
	flat := strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " ")
	for _, text := range wanted {
		if !strings.Contains(flat, text) {
			return fmt.Errorf("the output above lacks %q", text)
		}
	}
	return nil
}

// checkOnlyGETs fails unless the server got requests, and no method other than GET.
func checkOnlyGETs(server *juspaytest.Server) error {
	requests := server.Requests()
	if len(requests) == 0 {
		return errors.New("no request reached the server")
	}
	for _, request := range requests {
		if request.Method != "GET" {
			return fmt.Errorf("the provider sent a %s", request.Method)
		}
	}
	return nil
}

func step(out io.Writer, text string) {
	_, _ = fmt.Fprintf(out, "\n=> %s\n\n", text)
}
