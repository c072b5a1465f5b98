// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestAccPolicyGate_TryIt pastes the commands of the guide on a machine with the provider
// installed, and finds each denial in the guide.
func TestAccPolicyGate_TryIt(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	server := acctest.StartAPI(t)
	r := newPipelineRunner(t, server, nil)
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	check.MustNoError(t, "os.Symlink", os.Symlink(repository, filepath.Join(r.temporary, "terraform-provider-juspay")))
	commands := strings.ReplaceAll(acctest.ReadFile(t, "examples/policy-gate/commands.sh"), "http://127.0.0.1:8787", server.URL)
	script := "sh \"$HOME/terraform-provider-juspay/examples/install/install.sh\" \"$HOME/terraform-provider-juspay\" 0.1.0\nmkdir new && cd new\n" + commands
	_, printed := r.TryRunProgram(t.Context(), "sh", "-c", script)

	var got []string
	for _, match := range regexp.MustCompile(`(Allowed|Denied: \d reason)\. Accounts: (\d)(, denied: \d)?|- \S+: .*? \[(\w+)\]`).FindAllString(printed, -1) {
		if strings.HasPrefix(match, "- ") {
			check.Contains(t, "policy-checks.md.tmpl", acctest.ReadFile(t, "templates/guides/policy-checks.md.tmpl"), "\n> "+match+"\n")
			match = match[strings.LastIndex(match, "["):]
		}
		got = append(got, match)
	}
	want := []string{
		"Allowed. Accounts: 1", "[not_active]", "Denied: 1 reason. Accounts: 1, denied: 1",
		"Allowed. Accounts: 1", "[payee_not_read]", "Denied: 1 reason. Accounts: 1, denied: 0",
	}
	check.Equal(t, printed+"\nThe verdicts and rules in this text", got, want)
}
