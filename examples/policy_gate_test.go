// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// needShell skips a test of a shell script where none can run.
func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell")
	}
}

// newGate copies the policies beside a configuration, as the guide says, lists the
// server, and returns a directory in which gate.sh runs.
func newGate(t *testing.T, server *juspaytest.Server, configuration fs.FS, env ...string) (w *acctest.Workspace, gate func(args ...string) (int, string)) {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	needShell(t)
	conftest := os.Getenv("CONFTEST") // make policy names the oldest
	if conftest == "" {
		conftest = policyTool(t, "conftest")
	}
	path := filepath.Dir(conftest) + string(os.PathListSeparator) + os.Getenv("PATH")
	w = acctest.NewWorkspace(t, server, configuration, append([]string{"PATH=" + path, "TERRAFORM=" + acctest.CLI}, env...)...)
	if err := os.CopyFS(filepath.Join(w.Dir, "policies"), os.DirFS("policies")); err != nil {
		t.Fatal(err)
	}
	w.ReadFrom(server)
	change(t, w, "policies/settings.json", `"servers": ["production"]`, fmt.Sprintf(`"servers": [%q]`, server.URL))
	return w, func(args ...string) (int, string) {
		return w.TryRunProgram(t.Context(), filepath.Join(w.Dir, "policies", "gate.sh"), args...)
	}
}

// denials are the messages that conftest printed.
func denials(printed string) []string {
	_, rest, _ := strings.Cut(printed, "FAIL - ")
	if rest == "" {
		return nil
	}
	rest = rest[:strings.LastIndex(rest, " tests, ")]
	rest = rest[:strings.LastIndex(rest, " ")]
	var messages []string
	for line := range strings.SplitSeq(rest, "FAIL - ") {
		_, message, _ := strings.Cut(line, "/plan.json - main - ")
		messages = append(messages, strings.TrimSpace(message))
	}
	return messages
}

// checkGate checks that there is a plan to apply if it is allowed, and only then,
// and that no other is left.
func checkGate(t *testing.T, w *acctest.Workspace, code int, allowed bool) {
	t.Helper()
	if (code == 0) != allowed {
		t.Errorf("the gate exited with %d", code)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); (err == nil) != allowed {
		t.Errorf("gate.plan: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(w.Dir, "unchecked*")); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// A plan that is allowed and one that is denied, with the settings as they are
// shipped but for the server.
func TestAccPolicyGate(t *testing.T) {
	t.Parallel()
	w, gate := newGate(t, validated(acctest.StartAPI(t)), os.DirFS("policy-gate"))
	code, printed := gate()
	acctest.CheckContains(t, printed, "The policy allows this plan: "+acctest.CLI+" apply gate.plan")
	checkGate(t, w, code, true)
	code, printed = gate(vendor("cst_dairy", "banh_dairy_pending")...)
	checkDenied(t, denials(printed), []string{notActive(vendorAddress, "banh_dairy_pending", "PENDING")})
	acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
	checkGate(t, w, code, false)
}

// A plan that is made with -target shows all other accounts as an earlier run
// stored them.
func TestAccPolicyGateDeniesWhatAnEarlierRunStored(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	configuration := readFile(t, "policy-gate/main.tf") + "\nresource \"terraform_data\" \"other\" {}\n"
	w, gate := newGate(t, server, acctest.MainFile(t, configuration))
	w.Run(0, apply()...)
	today := time.Now().UTC().Format(time.RFC3339)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE").With("last_validated", today))
	w.Run(0, plan("-target", "terraform_data.other", "-out", "saved.plan")...)
	shown := planJSON(w)
	acctest.CheckContains(t, shown, `"validation_status":"ACTIVE"`)

	want := []string{silent}
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); supported {
		want = []string{incomplete}
	}
	over := map[string]evaluation{"plan": {Input: json.RawMessage(shown), Settings: settingsFor(t, server)}}
	checkDenied(t, evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.main.deny", over)["plan"], want)

	code, printed := gate("-target", "terraform_data.other")
	acctest.CheckContains(t, printed, "gate.sh: -target leaves accounts unread.")
	checkGate(t, w, code, false)

	// Without -target, the account is read again.
	_, printed = gate()
	checkDenied(t, denials(printed), []string{notActive(vendorAddress, "banh_acme_active", "FAILURE")})
}

// A plan that is made with -invoke shows accounts as an earlier run stored them,
// and is marked as complete. A change may trigger an action without that.
func TestAccPolicyDeniesAPlanThatInvokesAnAction(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Feature{Name: "actions", Terraform: "1.14"})
	server := validated(acctest.StartAPI(t))
	configuration := readFile(t, "policy-gate/main.tf") + `
action "bank_pay" "now" {}

resource "terraform_data" "trigger" {
  input = var.customer_account_id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.bank_pay.now]
    }
  }
}
`
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
	w.ReadFrom(server)
	addProvider(t, w, "bank")
	denied := func(args ...string) []string {
		w.Run(0, plan(append(args, "-out", "saved.plan")...)...)
		acctest.CheckContains(t, planJSON(w), `"complete":true`, `"action_invocations":[`, `"validation_status":"ACTIVE"`)
		over := map[string]evaluation{"plan": {Input: json.RawMessage(planJSON(w)), Settings: settingsFor(t, server)}}
		return evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.main.deny", over)["plan"]
	}
	checkDenied(t, denied(), nil)
	w.Run(0, apply()...)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE"))
	checkDenied(t, denied("-invoke=action.bank_pay.now"), []string{invoked})
}

// addProvider builds the stand-in for another provider, and lets the CLI find it.
func addProvider(t *testing.T, w *acctest.Workspace, name string) {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "terraform-provider-"+name), "./testdata/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	change(t, w, "cli.tfrc", "dev_overrides {\n", fmt.Sprintf("dev_overrides {\n    \"hashicorp/%s\" = %q\n", name, filepath.ToSlash(dir)))
}

func TestAccPolicyGateNeedsAPlan(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, acctest.MainFile(t, inProduction+readFile(t, "assertions/postcondition/main.tf")))
	for name, args := range map[string][]string{
		"a condition fails, though Terraform saves such a plan": vendor("cst_dairy", "banh_dairy_pending"),
		"there is no such option":                               {"-no-such-option"},
	} {
		w.Write("gate.plan", "of an earlier run")
		code, printed := gate(args...)
		if len(denials(printed)) != 0 {
			t.Errorf("%s: the policy was evaluated:\n%s", name, printed)
		}
		checkGate(t, w, code, false)
	}
}

func TestAccPolicyGateEvaluatesWhateverTheArgumentsSay(t *testing.T) {
	t.Parallel()
	w, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"))
	args := []string{"-out=other.plan", "-detailed-exitcode", "-input=true"}
	code, printed := gate(args...)
	acctest.CheckContains(t, printed, "The policy allows this plan: "+acctest.CLI+" apply gate.plan")
	checkGate(t, w, code, true)
	code, _ = gate(append(args, vendor("cst_dairy", "banh_dairy_pending")...)...)
	checkGate(t, w, code, false)
	if _, err := os.Stat(filepath.Join(w.Dir, "other.plan")); err == nil {
		t.Error("a plan that was not evaluated is left")
	}
}

// Conftest takes settings from files and variables too, some of which would make
// it pass anything or print what it evaluates.
func TestAccPolicyGateKeepsToItsOwnSettings(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"namespace": "other", "no-fail": "true", "trace": "true", "all-namespaces": "true"}
	var file strings.Builder
	var env []string
	for name, value := range settings {
		quoted := value
		if name == "namespace" {
			quoted = `"` + value + `"`
		}
		fmt.Fprintf(&file, "%s = %s\n", name, quoted)
		env = append(env, "CONFTEST_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
	}
	for place, row := range map[string]struct {
		env  []string
		file string
	}{"in a file": {file: file.String()}, "in variables": {env: env}} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			w, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"), row.env...)
			if row.file != "" {
				w.Write("conftest.toml", row.file)
			}
			code, printed := gate(vendor("cst_dairy", "banh_dairy_pending")...)
			checkGate(t, w, code, false)
			acctest.CheckContains(t, printed, "with status PENDING is not ACTIVE.")
			acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
		})
	}
}

// What the guide says that a newcomer sees.
func TestAccPolicyGateWithTheMock(t *testing.T) {
	t.Parallel()
	guide := readFile(t, "../templates/guides/policy-checks.md.tmpl")
	acctest.CheckContains(t, guide, `base_url = "http://127.0.0.1:8787"`, `"servers": ["http://127.0.0.1:8787"]`)
	_, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"))
	if code, printed := gate(); code != 0 {
		t.Error(printed)
	}
	code, printed := gate(vendor("cst_dairy", "banh_dairy_pending")...)
	shown := denials(printed)
	if code != 1 || len(shown) != 2 {
		t.Errorf("exit code %d: %q", code, shown)
	}
	acctest.CheckContains(t, guide, "\n    "+strings.Join(shown, "\n    ")+"\n")
}

// What the gate allows is applied as it was evaluated: nothing is read again.
func TestAccPolicyGateLeavesAPlanToApply(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, os.DirFS("policy-gate"))
	if code, printed := gate(); code != 0 {
		t.Fatal(printed)
	}
	info, err := os.Stat(filepath.Join(w.Dir, "gate.plan"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("gate.plan has the mode %v, %v", info.Mode(), err)
	}
	server.TakeRequests()
	w.Run(0, "apply", "-no-color", "gate.plan")
	if n := len(server.TakeRequests()); n != 0 || !paidOut(w) {
		t.Errorf("%d requests; paid out: %v", n, paidOut(w))
	}
}

// What Atlantis runs, with and without the data that its configuration passes.
func TestAccPolicyWithoutSettingsDenies(t *testing.T) {
	t.Parallel()
	w, _ := newGate(t, validated(acctest.StartAPI(t)), os.DirFS("policy-gate"))
	w.Run(0, plan("-out", "saved.plan")...)
	w.Write("saved.json", planJSON(w))
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); !supported {
		change(t, w, "policies/settings.json", `"complete_plan": true`, `"complete_plan": false`)
	}
	conftest := policyTool(t, "conftest")
	code, printed := w.TryRunProgram(t.Context(), conftest, "test", "--policy", "policies", "saved.json")
	if n := strings.Count(printed, " is not set. Set it in settings.json, and pass that file with --data"); code != 1 || n != len(shippedSettings(t)) {
		t.Errorf("exit code %d, and %d denials\n%s", code, n, printed)
	}
	if code, printed := w.TryRunProgram(t.Context(), conftest, "test", "--policy", "policies", "saved.json", "--data", "policies/settings.json"); code != 0 {
		t.Errorf("exit code %d\n%s", code, printed)
	}
}

// A gate whose terraform and conftest are scripts that record how they were run.
type fakeGate struct {
	shell string
	dir   string
	path  string
}

// inEachShell runs a test of a new gate in the shells that /bin/sh is on Debian, and
// on most others.
func inEachShell(t *testing.T, name string, test func(t *testing.T, g fakeGate)) {
	t.Helper()
	for _, shell := range []string{"dash", "bash"} {
		t.Run(name+" in "+shell, func(t *testing.T) {
			t.Parallel()
			test(t, newFakeGate(t, shell))
		})
	}
}

// newFakeGate returns a directory with the policies, and a PATH that has nothing
// but what the gate needs.
func newFakeGate(t *testing.T, shell string) fakeGate {
	t.Helper()
	needShell(t)
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip(shell + " is not on PATH")
	}
	g := fakeGate{shell: path, dir: t.TempDir(), path: t.TempDir()}
	if err := os.CopyFS(filepath.Join(g.dir, "policies"), os.DirFS("policies")); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"cat", "dirname", "mktemp", "mv", "rm", "sed", "tr"} {
		found, err := exec.LookPath(program)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(found, filepath.Join(g.path, program)); err != nil {
			t.Fatal(err)
		}
	}
	g.program(t, "terraform", `echo "terraform $* JUSPAY_BASE_URL=${JUSPAY_BASE_URL-}" >>calls
for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done`)
	g.conftest(t, "OPA: 0.66.0")
	g.write(t, "gate.plan", "of an earlier run")
	return g
}

// conftest makes it one that reports a version.
func (g fakeGate) conftest(t *testing.T, version string) {
	t.Helper()
	g.program(t, "conftest", `case $1 in --version) echo Conftest: 0.54.0; echo "`+version+`" ;; *) { echo "conftest $*"; cat unchecked*/gate.json; } >>calls ;; esac`)
}

func (g fakeGate) program(t *testing.T, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.path, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (g fakeGate) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (g fakeGate) setting(t *testing.T, old, replacement string) {
	t.Helper()
	settings := readFile(t, "policies/settings.json")
	if !strings.Contains(settings, old) {
		t.Fatalf("settings.json has no %s", old)
	}
	g.write(t, "policies/settings.json", strings.Replace(settings, old, replacement, 1))
}

// run runs the gate, and returns its exit code, what it printed, and the recorded
// calls.
func (g fakeGate) run(t *testing.T, env, args []string) (code int, printed, calls string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), g.shell, append([]string{"policies/gate.sh"}, args...)...)
	command.Dir = g.dir
	command.Env = append([]string{"PATH=" + g.path}, env...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); command.ProcessState == nil {
		t.Fatal(err)
	}
	recorded, err := fs.ReadFile(os.DirFS(g.dir), "calls")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	_, err = os.Stat(filepath.Join(g.dir, "gate.plan"))
	if allowed := command.ProcessState.ExitCode() == 0; (err == nil) != allowed {
		t.Errorf("exit code %d, and gate.plan: %v", command.ProcessState.ExitCode(), err)
	}
	return command.ProcessState.ExitCode(), out.String(), string(recorded)
}

func TestPolicyGateRefusesWhatMakesAPlanPartial(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		env, args []string
		flag      string
	}{
		"-target":                       {args: []string{"-target", "terraform_data.x"}, flag: "-target"},
		"-target= after others":         {args: []string{"-var", "a=b", "-target=terraform_data.x"}, flag: "-target"},
		"--target":                      {args: []string{"--target=terraform_data.x"}, flag: "--target"},
		"-target-file":                  {args: []string{"-target-file=x"}, flag: "-target-file"},
		"-exclude":                      {args: []string{"-exclude=data.juspay_customer_account.vendor"}, flag: "-exclude"},
		"-exclude-file":                 {args: []string{"-exclude-file", "x"}, flag: "-exclude-file"},
		"-invoke":                       {args: []string{"-invoke=action.bank.pay"}, flag: "-invoke"},
		"-minimal-refresh":              {args: []string{"-minimal-refresh"}, flag: "-minimal-refresh"},
		"-refresh=false":                {args: []string{"-refresh=false"}, flag: "-refresh"},
		"-refresh=0":                    {args: []string{"-refresh=0"}, flag: "-refresh"},
		"--refresh=F":                   {args: []string{"--refresh=F"}, flag: "--refresh"},
		"TF_CLI_ARGS":                   {env: []string{"TF_CLI_ARGS=-no-color -target=terraform_data.x"}, flag: "-target"},
		"TF_CLI_ARGS_plan":              {env: []string{"TF_CLI_ARGS_plan=-refresh=false"}, flag: "-refresh"},
		"TF_CLI_ARGS_plan in quotes":    {env: []string{`TF_CLI_ARGS_plan=-var 'a=b' "-invoke"=action.x.y`}, flag: "-invoke"},
		"TF_CLI_ARGS_plan with escapes": {env: []string{"TF_CLI_ARGS_plan=\t-ex\\clude=x"}, flag: "-exclude"},
	} {
		inEachShell(t, name, func(t *testing.T, g fakeGate) {
			t.Helper()
			code, printed, calls := g.run(t, row.env, row.args)
			want := "gate.sh: " + row.flag + " leaves accounts unread. Plan without it, in the arguments and in TF_CLI_ARGS and TF_CLI_ARGS_plan; or set juspay.complete_plan to false in settings.json.\n"
			if code != 1 || printed != want || calls != "" {
				t.Errorf("exit code %d, %q, and calls of\n%s", code, printed, calls)
			}

			g.setting(t, `"complete_plan": true`, "\"complete_plan\" :\n false")
			code, _, calls = g.run(t, row.env, row.args)
			if code != 0 || !strings.Contains(calls, `{"gate": {"refuses_partial_plans": false}}`) {
				t.Errorf("with complete_plan off: exit code %d, and calls of\n%s", code, calls)
			}
		})
	}
}

func TestPolicyGatePassesOtherArgumentsToTheCLI(t *testing.T) {
	t.Parallel()
	inEachShell(t, "arguments", func(t *testing.T, g fakeGate) {
		t.Helper()
		args := []string{"-var", "name=a -target", "-refresh=true", "-refresh-only", "-replace=x.y", "target"}
		code, printed, calls := g.run(t, []string{"TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_plan=-var=x=-target"}, args)
		lines := strings.Split(calls, "\n")
		if code != 0 || len(lines) != 5 {
			t.Fatalf("exit code %d, %s\n%s", code, printed, calls)
		}
		temporary := strings.TrimSuffix(strings.Fields(lines[1])[3], "/plan")
		want := []string{
			"terraform plan " + strings.Join(args, " ") + " -input=false -out=" + temporary + "/plan -detailed-exitcode=false JUSPAY_BASE_URL=",
			"terraform show -json " + temporary + "/plan JUSPAY_BASE_URL=",
			"conftest test --strict --namespace main --all-namespaces=false --no-fail=false --trace=false --policy policies --data policies/settings.json --data " + temporary + "/gate.json " + temporary + "/plan.json",
			`{"gate": {"refuses_partial_plans": true}}`,
			"",
		}
		if !slices.Equal(lines, want) {
			t.Errorf("got\n%s\nwant\n%s", calls, strings.Join(want, "\n"))
		}
	})
}

func TestPolicyGateLooksForWhatItNeedsBeforeItPlans(t *testing.T) {
	t.Parallel()
	const tooOld = "gate.sh: this conftest is too old, or does not report the version of its OPA. Install Conftest 0.54 or later, which has OPA 0.66.\n"
	const allowed = "The policy allows this plan: terraform apply gate.plan\n"
	reports := func(version string) func(*testing.T, fakeGate) {
		return func(t *testing.T, g fakeGate) {
			t.Helper()
			g.conftest(t, version)
		}
	}
	lacks := func(file func(fakeGate) string) func(*testing.T, fakeGate) {
		return func(t *testing.T, g fakeGate) {
			t.Helper()
			if err := os.Remove(file(g)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, row := range map[string]struct {
		prepare func(*testing.T, fakeGate)
		printed string // or a part of it
	}{
		"OPA 0.65 is too old": {reports("OPA: 0.65.0"), tooOld},
		"OPA 0.7 is too old":  {reports("OPA: 0.7.0"), tooOld},
		"no version":          {reports(""), tooOld},
		"OPA 0.66 will do":    {reports("OPA: 0.66.0"), allowed},
		"OPA 0.70 will do":    {reports("OPA: 0.70.1"), allowed},
		"OPA 1 will do":       {reports("OPA: 1.0.0"), allowed},
		"OPA 1.21 will do":    {reports("OPA: 1.21.1"), allowed},
		"no Conftest": {
			lacks(func(g fakeGate) string { return filepath.Join(g.path, "conftest") }),
			"gate.sh: conftest is not on PATH. Install Conftest 0.54 or later.\n",
		},
		"no settings": {
			lacks(func(g fakeGate) string { return filepath.Join(g.dir, "policies", "settings.json") }),
			" policies/settings.json: ",
		},
	} {
		inEachShell(t, name, func(t *testing.T, g fakeGate) {
			t.Helper()
			row.prepare(t, g)
			code, printed, calls := g.run(t, nil, nil)
			if !strings.Contains(printed, row.printed) || (code == 0) != (printed == allowed) || (calls == "") != (code != 0) {
				t.Errorf("exit code %d, %q, and calls of\n%s", code, printed, calls)
			}
		})
	}
}

func TestPolicyGateLetsOnlyAListedServerReplaceTheEnvironments(t *testing.T) {
	t.Parallel()
	const server = "https://smartgateway.hdfcbank.com"
	const ignored = "gate.sh: JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it.\n"
	for name, row := range map[string]struct {
		servers, baseURL, printed, kept string
	}{
		"a listed one":                  {`["production", "` + server + `"]`, server, "", server},
		"another":                       {`["production", "` + server + `"]`, "https://evil.example", ignored, ""},
		"the beginning of a listed one": {`["` + server + `"]`, "https://smartgateway", ignored, ""},
		"a pattern":                     {`["` + server + `"]`, "https://*", ignored, ""},
		"none":                          {`["production"]`, "", "", ""},
		"any, where any may be read":    {"false", "https://other.example", "", "https://other.example"},
	} {
		inEachShell(t, name, func(t *testing.T, g fakeGate) {
			t.Helper()
			g.setting(t, `["production"]`, row.servers)
			code, printed, calls := g.run(t, []string{"JUSPAY_BASE_URL=" + row.baseURL}, nil)
			if want := row.printed + "The policy allows this plan: terraform apply gate.plan\n"; code != 0 || printed != want {
				t.Errorf("exit code %d, %q", code, printed)
			}
			if first, _, _ := strings.Cut(calls, "\n"); !strings.HasSuffix(first, " JUSPAY_BASE_URL="+row.kept) {
				t.Errorf("got %s", first)
			}
		})
	}
}
