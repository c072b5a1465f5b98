// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

var patientConfiguration = accountA + providerBlock(`  request_timeout = "1h"`)

// killDuringRead sends a signal to the process whose number is in a file, or to the group if the number
// is negative.
func killDuringRead(t *testing.T, w *acctest.Workspace, server *juspaytest.Server, signal syscall.Signal, file string) {
	t.Helper()
	untilRequest(t, server)
	time.Sleep(100 * time.Millisecond) // for a body to arrive, which is no matter if it does not
	process := readNumber(t, w, file)
	if process == 0 { // would be this test's own group
		return
	}
	check.NoError(t, "sending "+signal.String(), syscall.Kill(process, signal))
}

// A terminal's Ctrl-C reaches Terraform and the provider. While `terraform apply`
// plans, Terraform passes it on to no provider, so that the provider must end its reads.
func TestAccProcess_CtrlCEndsReads(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("setsid, which starts a process group, is not installed")
	}
	for name, args := range map[string][]string{"plan": {"plan", "-no-color"}, "apply": {"apply", "-auto-approve", "-no-color"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(juspaytest.Fault{Delay: time.Hour})
			w := newWorkspace(t, server, patientConfiguration+"resource \"terraform_data\" \"payout\" {\n}\n")
			go killDuringRead(t, w, server, syscall.SIGINT, "group")
			// The shell becomes the leader of a process group, and then Terraform.
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			const inOwnGroup = `echo -$$ >group; exec "$@"`
			code, printed := w.TryRunProgram(ctx, "setsid", append([]string{"-w", "sh", "-c", inOwnGroup, "sh", acctest.CLI}, args...)...)
			check.Equal(t, "the exit code of terraform "+name, code, 1)
			// Both processes get the signal. Terraform prints its own message only if the read
			// has not ended before.
			check.Contains(t, "the output", printed, "Error: Read canceled")
			checkNoConnectionStays(t, server)
			if _, printed := w.TryRun(t.Context(), "state", "list"); strings.Contains(printed, "terraform_data.payout") {
				t.Error("got the payout in the state, want that it was not made")
			}
		})
	}
}

func TestAccProcess_Killed(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Times: 1, Delay: time.Hour})
	w := newMeasuredWorkspace(t, server, patientConfiguration)
	go killDuringRead(t, w, server, syscall.SIGKILL, "provider.pid")
	// Terraform sees its request fail first, or the plugin go.
	if printed := w.Plan(1); !strings.Contains(printed, "Error: Plugin did not respond") && !strings.Contains(printed,
		"Error: Request cancelled") {
		t.Errorf("got the output %s, want the error that the plugin did not respond, or that the request was canceled", printed)
	}
	check.Contains(t, "the output of plan", w.Plan(0), "No changes.")
}

// SIGQUIT makes Go print what it prints when a program crashes: the stacks of
// all goroutines.
func TestAccProcess_CrashOutputHasNoSecrets(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Times: 1, CustomerAccountID: "banh_a", Body: juspaytest.VPA, Hang: true})
	cert, key := juspaytest.NewAuthority(t).Issue(t)
	secrets := append([]string{strings.Split(key, "\n")[1]}, secretsOfARead...)
	w := newMeasuredWorkspace(t, server, patientConfiguration, "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key, "TF_LOG=TRACE",
		"TF_LOG_PATH=trace.log")
	go killDuringRead(t, w, server, syscall.SIGQUIT, "provider.pid")
	printed := w.Plan(1)
	trace := w.Read("trace.log")
	check.Contains(t, "the trace", trace, "SIGQUIT: quit", "juspay.(*Client).Get")
	check.LacksEach(t, "the log and the output", trace+printed, secrets)
}

func TestAccProcess_FiftyAliases(t *testing.T) {
	t.Parallel()
	const aliases = 50
	server := acctest.StartAPI(t)
	var configuration strings.Builder
	var keys []string
	for i := range aliases {
		keys = append(keys, fmt.Sprintf("fake-key-%d", i))
		server.Put(juspaytest.NewAccount(fmt.Sprintf("cst_%d", i), "banh_a"))
		fmt.Fprintf(&configuration, `
provider "juspay" {
  alias   = "number_%[1]d"
  api_key = "fake-key-%[1]d"
}
data "juspay_customer_account" "number_%[1]d" {
  provider            = juspay.number_%[1]d
  customer_id         = "cst_%[1]d"
  customer_account_id = "banh_a"
}
`, i)
	}
	server.AcceptKeys(keys...)
	newWorkspace(t, server, configuration.String()).Plan(0)
	checkRequests(t, server, aliases)
	for _, request := range server.Requests() {
		if want := strings.Replace(request.Segments[1], "cst_", "fake-key-", 1); request.Key() != want {
			t.Errorf("the key of the request for %s: got %q, want %q", request.Segments[1], request.Key(), want)
		}
	}
	checkNoConnectionStays(t, server)
}
