// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/check"
)

// A gate whose terraform and opa are scripts that record how they were run.
type fakeGate struct {
	t     *testing.T
	shell string
	dir   string
	path  string
}

// inEachShell runs a test of a new gate in the shells that /bin/sh is on Debian, and
// on most others.
func inEachShell(t *testing.T, name string, test func(g fakeGate)) {
	t.Helper()
	for _, shell := range []string{"dash", "bash"} {
		t.Run(name+" in "+shell, func(t *testing.T) {
			t.Parallel()
			test(newFakeGate(t, shell))
		})
	}
}

// newFakeGate returns a directory with the policies, and a PATH that has nothing
// but what the gate needs.
func newFakeGate(t *testing.T, shell string) fakeGate {
	t.Helper()
	acctest.SkipWithoutShell(t)
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip(shell + " is not on PATH")
	}
	g := fakeGate{t: t, shell: path, dir: t.TempDir(), path: t.TempDir()}
	acctest.NoError(t, os.CopyFS(filepath.Join(g.dir, "policies"), acctest.Example(t, "policies")))
	for _, program := range []string{"cat", "dirname", "env", "grep", "mktemp", "mv", "rm", "sed"} {
		found, err := exec.LookPath(program)
		acctest.NoError(t, err)
		acctest.NoError(t, os.Symlink(found, filepath.Join(g.path, program)))
	}
	g.program("terraform", `echo "terraform $* JUSPAY_BASE_URL=${JUSPAY_BASE_URL-}" >>calls
case $1 in show) echo '{"validation_status":"ACTIVE","actions":["delete"]}' ;; esac
for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done`)
	g.opa("Version: 0.66.0", allowsThePlan)
	g.write("gate.plan", "of an earlier run")
	return g
}

// allowsThePlan evaluates as a policy does that allows the plan, and no other.
const allowsThePlan = `case $* in *" plan.json "*) echo 1 ;; *) exit 1 ;; esac`

// opa makes it one that reports a version, and evaluates the policy by a script. The
// settings are read by OPA itself.
func (g fakeGate) opa(version, evaluate string) {
	g.t.Helper()
	g.program("opa", `case $1 in version) echo "`+version+`"; exit ;; esac
case $* in *'"off:"'*) exec "`+acctest.Tool(g.t, "opa")+`" "$@" ;; esac
echo "opa $* VARIABLE=${VARIABLE-}" >>"`+g.dir+`/calls"
`+evaluate)
}

func (g fakeGate) program(name, script string) {
	g.t.Helper()
	_ = os.Remove(filepath.Join(g.path, name)) // it may be a link
	acctest.NoError(g.t, os.WriteFile(filepath.Join(g.path, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
}

func (g fakeGate) write(name, content string) {
	g.t.Helper()
	acctest.WriteFile(g.t, g.dir, name, content)
}

func (g fakeGate) setting(old, replacement string) {
	g.t.Helper()
	settings := acctest.ReadFile(g.t, "examples/policies/settings.json")
	if !strings.Contains(settings, old) {
		g.t.Fatalf("settings.json: got none with %s, want it there to replace it", old)
	}
	g.write("policies/settings.json", strings.Replace(settings, old, replacement, 1))
}

// run runs the gate, and returns its exit code, what it printed, and the recorded
// calls.
func (g fakeGate) run(env, args []string) (code int, printed, calls string) {
	g.t.Helper()
	command := exec.CommandContext(g.t.Context(), g.shell, append([]string{"policies/gate.sh"}, args...)...)
	command.Dir = g.dir
	temporary := g.t.TempDir()
	command.Env = append([]string{"PATH=" + g.path, "TMPDIR=" + temporary, "VARIABLE=of the author"}, env...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); command.ProcessState == nil {
		acctest.NoError(g.t, err)
	}
	recorded, err := fs.ReadFile(os.DirFS(g.dir), "calls")
	if !os.IsNotExist(err) {
		acctest.NoError(g.t, err)
	}
	_, err = os.Stat(filepath.Join(g.dir, "gate.plan"))
	if allowed := command.ProcessState.ExitCode() == 0; (err == nil) != allowed {
		g.t.Errorf("gate.plan after the exit code %d: got %v, want a file: %t", command.ProcessState.ExitCode(), err, allowed)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		g.t.Errorf("temporary files: got %v, %v; want none", left, err)
	}
	text := strings.NewReplacer(g.path+"/", "", g.dir+"/", "").Replace(out.String())
	return command.ProcessState.ExitCode(), text, strings.ReplaceAll(string(recorded), temporary+"/", "")
}

const allowedByFake = "Allowed. Accounts: 1. Plan to apply: gate.plan\n"

// check runs the gate, and compares its exit code and what it printed.
func (g fakeGate) check(env, args []string, code int, want string) (calls string) {
	g.t.Helper()
	got, printed, calls := g.run(env, args)
	check.Equal(g.t, "the exit code", got, code)
	check.Equal(g.t, "what it printed", printed, want)
	return calls
}

// checkRefused checks that the gate prints what it refuses, and runs no program.
func (g fakeGate) checkRefused(env, args []string, want string) {
	g.t.Helper()
	check.Equal(g.t, "the calls of programs", g.check(env, args, 1, want), "")
}

func TestPolicyGate_RefusesOtherArguments(t *testing.T) {
	t.Parallel()
	unread := func(flag string) string {
		return "gate.sh: " + flag + " leaves accounts unread: the plan shows them as an earlier run stored them. Plan without it.\n"
	}
	other := func(argument string) string {
		return "gate.sh: the argument " + argument + " is not one that the gate passes to terraform plan. Plan without it.\n"
	}
	for name, row := range map[string]struct {
		args []string
		want string
	}{
		"-target":                  {[]string{"-target", "terraform_data.x"}, unread("-target")},
		"-target= after others":    {[]string{"-var", "a=b", "-target=terraform_data.x"}, unread("-target")},
		"--target":                 {[]string{"--target=terraform_data.x"}, unread("-target")},
		"-target-file":             {[]string{"-target-file=x"}, unread("-target-file")},
		"-exclude":                 {[]string{"-exclude=data.juspay_customer_account.vendor"}, unread("-exclude")},
		"-exclude-file":            {[]string{"-exclude-file", "x"}, unread("-exclude-file")},
		"-invoke":                  {[]string{"-invoke=action.bank.pay"}, unread("-invoke")},
		"-minimal-refresh":         {[]string{"-minimal-refresh"}, other("-minimal-refresh")},
		"-destroy -refresh=false":  {[]string{"-destroy", "-refresh=false"}, unread("-refresh=false with -destroy")},
		"--refresh=F --destroy":    {[]string{"--refresh=F", "--destroy"}, unread("-refresh=false with -destroy")},
		"-refresh=0 -destroy":      {[]string{"-refresh=0", "-var", "a=b", "-destroy"}, unread("-refresh=false with -destroy")},
		"-refresh=false":           {[]string{"-refresh=false"}, ""},
		"-destroy -refresh=true":   {[]string{"-destroy", "-refresh", "-refresh=true"}, ""},
		"-out":                     {[]string{"-out=other.plan"}, other("-out")},
		"-out as a value":          {[]string{"-var", "-out=other.plan"}, ""},
		"-out after a value":       {[]string{"-var", "a=b", "-out", "other.plan"}, other("-out")},
		"-input=true":              {[]string{"-input=true"}, other("-input")},
		"-detailed-exitcode":       {[]string{"-detailed-exitcode"}, other("-detailed-exitcode")},
		"-state":                   {[]string{"-state=other.tfstate"}, other("-state")},
		"-generate-config-out":     {[]string{"-generate-config-out=x.tf"}, other("-generate-config-out")},
		"-json":                    {[]string{"-json"}, other("-json")},
		"-help before others":      {[]string{"-help", "-lock"}, other("-help")},
		"--":                       {[]string{"--", "x"}, other("-")},
		"a directory":              {[]string{"other"}, other("other")},
		"an empty argument":        {[]string{""}, other("")},
		"-var and a secret beside": {[]string{"-var=a=b", "-variable=secret"}, other("-variable")},
		"all that the gate passes": {[]string{"-var", "name=a -target", "-var=a=-target", "-var-file=x", "-var-file", "x", "-lock", "-lock=false",
			"-lock-timeout=1s", "-parallelism", "2", "-no-color", "-compact-warnings", "-destroy", "-refresh-only", "-replace", "x.y", "-refresh=true", "--input=false"},
			""},
		"a value like another flag":  {[]string{"-replace", "-target=x"}, ""},
		"-lock takes no other value": {[]string{"-lock", "false"}, other("false")},
	} {
		inEachShell(t, name, func(g fakeGate) {
			if row.want == "" {
				g.check(nil, row.args, 0, allowedByFake)
				return
			}
			g.checkRefused(nil, row.args, row.want)
			g.setting(`"complete_plan": true`, `"complete_plan": false`)
			g.check(nil, row.args, 1, row.want)
		})
	}
}

func TestPolicyGate_RunsTheCLIAndOPA(t *testing.T) {
	t.Parallel()
	inEachShell(t, "arguments", func(g fakeGate) {
		calls := g.check(nil, []string{"-var", "name=a b", "-destroy"}, 0, allowedByFake)
		lines := strings.Split(calls, "\n")
		temporary := strings.TrimSuffix(strings.Fields(lines[1])[3], "/plan")
		evaluate := func(file string) string {
			return "opa eval --fail --format raw --data settings.json --data juspay.rego --data gate.json --input " + file +
				" [n | data.juspay_policy.allow; n := count(data.juspay_policy.accounts)][0] VARIABLE="
		}
		want := []string{
			"terraform plan -var name=a b -destroy -input=false -out=" + temporary + "/plan JUSPAY_BASE_URL=",
			"terraform show -json " + temporary + "/plan JUSPAY_BASE_URL=",
			"terraform graph -type=plan -plan=" + temporary + "/plan JUSPAY_BASE_URL=",
			evaluate("plan.json"),
			evaluate("empty.json"),
			evaluate("pending.json"),
			"",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			g.t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestPolicyGate_ReadsThePolicyBeforeItPlans(t *testing.T) {
	t.Parallel()
	inEachShell(t, "files", func(g fakeGate) {
		g.program("terraform", `echo other >policies/juspay.rego
echo other >policies/settings.json
for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done`)
		cat, err := exec.LookPath("cat")
		acctest.NoError(g.t, err)
		g.opa("Version: 1.21.1", cat+` juspay.rego settings.json >"`+g.dir+`/evaluated"; exit 1`)
		g.run(nil, nil)
		evaluated, err := os.ReadFile(filepath.Join(g.dir, "evaluated"))
		acctest.NoError(g.t, err)
		want := acctest.ReadFile(g.t, "examples/policies/juspay.rego") + acctest.ReadFile(g.t, "examples/policies/settings.json")
		if diff := cmp.Diff(want, string(evaluated)); diff != "" {
			g.t.Errorf("evaluated (-want +got):\n%s", diff)
		}
	})
}

func TestPolicyGate_ProvesThatThePolicyDenies(t *testing.T) {
	t.Parallel()
	const (
		again    = " too. Copy juspay.rego anew.\n"
		unusable = "gate.sh: denied: opa cannot evaluate the policy. Correct what it reports, or copy juspay.rego anew.\n"
	)
	for name, row := range map[string]struct {
		evaluate string
		code     int
		want     string
	}{
		"a policy that allows anything": {"echo 1", 1, "gate.sh: denied: the policy allows a plan that is empty" + again},
		"a policy that allows PENDING": {
			`case $* in *" empty.json "*) exit 1 ;; esac; echo 1`, 1,
			"gate.sh: denied: the policy allows this plan with accounts that are PENDING" + again,
		},
		"a plan without accounts has none to be PENDING": {
			`case $* in *" empty.json "*) exit 1 ;; esac; echo 0`, 0, "Allowed. Accounts: 0. Plan to apply: gate.plan\n",
		},
		"a policy that cannot be evaluated": {
			"echo broken >&2; exit 2", 1, "broken\n" + unusable,
		},
		"a policy that is not evaluated to a number": {"echo 1 account", 1, unusable},
		"a policy that is evaluated to nothing":      {"exit 0", 1, unusable},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.opa("Version: 0.66.0", row.evaluate)
			g.check(nil, nil, row.code, row.want)
		})
	}
	inEachShell(t, "accounts that may be PENDING", func(g fakeGate) {
		g.setting(`"active": true`, "\"active\" :\n false")
		g.opa("Version: 0.66.0", `case $* in *" empty.json "*) exit 1 ;; esac; echo 1`)
		g.check(nil, nil, 0, allowedByFake)
	})
}

func TestPolicyGate_NeedsProgramsAndFiles(t *testing.T) {
	t.Parallel()
	const tooOld = "gate.sh: this opa is too old, or does not report its version. Install OPA 0.66 or later.\n"
	for name, row := range map[string]struct {
		version, lacks string
		printed        string // or a part of it
	}{
		"OPA 0.65 is too old": {"Version: 0.65.0", "", tooOld},
		"OPA 0.7 is too old":  {"Version: 0.7.0", "", tooOld},
		"no version":          {"", "", tooOld},
		"OPA 0.66 is enough":  {"Version: 0.66.0", "", allowedByFake},
		"OPA 0.70 is enough":  {"Version: 0.70.1", "", allowedByFake},
		"OPA 1 is enough":     {"Version: 1.0.0", "", allowedByFake},
		"OPA 1.21 is enough":  {"Version: 1.21.1", "", allowedByFake},
		"no OPA":              {"", "opa", "gate.sh: opa is not on PATH. Install OPA 0.66 or later.\n"},
		"no policy":           {"Version: 1.0.0", "policies/juspay.rego", " policies/juspay.rego: "},
		"no settings":         {"Version: 1.0.0", "policies/settings.json", " policies/settings.json: "},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.opa(row.version, allowsThePlan)
			if row.lacks != "" {
				_ = os.Remove(filepath.Join(g.path, row.lacks))
				_ = os.Remove(filepath.Join(g.dir, row.lacks))
			}
			code, printed, calls := g.run(nil, nil)
			acctest.CheckContains(g.t, printed, row.printed)
			allowed := row.printed == allowedByFake
			check.Equal(g.t, "whether it allows the plan", code == 0, allowed)
			check.Equal(g.t, "whether it says that it does", printed == allowedByFake, allowed)
			check.Equal(g.t, "whether it calls programs", calls != "", allowed)
		})
	}
}

func TestPolicyGate_RefusesWhatReplacesTheProvider(t *testing.T) {
	t.Parallel()
	const off = `; or set juspay.registry_providers to false in settings.json.` + "\n"
	replaced := func(file string) string {
		return "gate.sh: " + file + " may replace the provider by another program, with dev_overrides or provider_installation. Remove those" + off
	}
	changes := func(name string) string {
		return "gate.sh: " + name + " changes what terraform runs. Unset it, and pass arguments to the gate.\n"
	}
	for name, row := range map[string]struct {
		file, content string
		env           []string
		want          string
		always        bool
	}{
		"a directory terraform.d": {
			file: "terraform.d/plugins/x", content: "x",
			want: "gate.sh: the directory terraform.d may hold another program under the provider's name. Remove it" + off,
		},
		"dev_overrides": {file: "x.tfrc", content: "dev_overrides {}", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"}, want: replaced("x.tfrc")},
		"provider_installation": {file: "x.tfrc", content: "provider_installation {}", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"},
			want: replaced("x.tfrc")},
		"names with escapes": {file: "x.tfrc", content: `"dev\u005foverrides" {}`, env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"},
			want: replaced("x.tfrc")},
		"the home directory's configuration": {file: ".terraformrc", content: "provider_installation {}", env: []string{"HOME=."},
			want: replaced("./.terraformrc")},
		"one of a directory of configurations": {file: ".terraform.d/a.tfrc", content: "provider_installation {}", env: []string{"HOME=."},
			want: replaced("./.terraform.d/a.tfrc")},
		"a CLI configuration of another kind": {file: "x.tfrc", content: "disable_checkpoint = true", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"}},
		"TF_REATTACH_PROVIDERS":               {env: []string{"TF_REATTACH_PROVIDERS={}"}, want: changes("TF_REATTACH_PROVIDERS"), always: true},
		"TF_CLI_ARGS":                         {env: []string{"TF_CLI_ARGS=-no-color"}, want: changes("TF_CLI_ARGS"), always: true},
		"TF_CLI_ARGS_plan":                    {env: []string{"TF_CLI_ARGS_plan=-refresh=false"}, want: changes("TF_CLI_ARGS_plan"), always: true},
		"TF_CLI_ARGS_show":                    {env: []string{"TF_CLI_ARGS_show=x"}, want: changes("TF_CLI_ARGS_show"), always: true},
	} {
		inEachShell(t, name, func(g fakeGate) {
			if row.file != "" {
				g.write(row.file, row.content)
			}
			if row.want == "" {
				g.check(row.env, nil, 0, allowedByFake)
				return
			}
			g.checkRefused(row.env, nil, row.want)
			if row.always {
				return
			}
			g.setting(`"registry_providers": true`, `"registry_providers": false`)
			g.check(row.env, nil, 0, allowedByFake)
		})
	}
}

// A plan that fails may have read another server than the one of JUSPAY_BASE_URL.
func TestPolicyGate_SaysWhichServerAFailedPlanDidNotRead(t *testing.T) {
	t.Parallel()
	const ignored = " JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it.\n"
	for name, row := range map[string]struct{ baseURL, want string }{
		"without JUSPAY_BASE_URL":        {"", "gate.sh: denied: terraform plan failed.\n"},
		"with one that no setting lists": {"https://other.example", "gate.sh:" + ignored + "gate.sh: denied: terraform plan failed." + ignored},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.program("terraform", "exit 1")
			g.check([]string{"JUSPAY_BASE_URL=" + row.baseURL}, nil, 1, row.want)
		})
	}
}

func TestPolicyGate_LetsOnlyAListedServerReplaceTheEnvironments(t *testing.T) {
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
		inEachShell(t, name, func(g fakeGate) {
			g.setting(`["production"]`, row.servers)
			calls := g.check([]string{"JUSPAY_BASE_URL=" + row.baseURL}, nil, 0, row.printed+allowedByFake)
			first, _, _ := strings.Cut(calls, "\n")
			_, got, _ := strings.Cut(first, " JUSPAY_BASE_URL=")
			check.Equal(g.t, "JUSPAY_BASE_URL of terraform plan", got, row.kept)
		})
	}
}
