// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestPolicyGate_RejectsOtherArguments(t *testing.T) {
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
		"-target with its value":          {[]string{"-target", "terraform_data.x"}, unread("-target")},
		"-target= after others":           {[]string{"-var", "a=b", "-target=terraform_data.x"}, unread("-target")},
		"-target with two dashes":         {[]string{"--target=terraform_data.x"}, unread("-target")},
		"a file of targets":               {[]string{"-target-file=x"}, unread("-target-file")},
		"an excluded account":             {[]string{"-exclude=data.juspay_customer_account.vendor"}, unread("-exclude")},
		"a file of what is excluded":      {[]string{"-exclude-file", "x"}, unread("-exclude-file")},
		"an invoked action":               {[]string{"-invoke=action.bank.pay"}, unread("-invoke")},
		"a minimal refresh":               {[]string{"-minimal-refresh"}, other("-minimal-refresh")},
		"-destroy -refresh=false":         {[]string{"-destroy", "-refresh=false"}, unread("-refresh=false with -destroy")},
		"--refresh=F --destroy":           {[]string{"--refresh=F", "--destroy"}, unread("-refresh=false with -destroy")},
		"-refresh=0 -destroy":             {[]string{"-refresh=0", "-var", "a=b", "-destroy"}, unread("-refresh=false with -destroy")},
		"-refresh=false without -destroy": {[]string{"-refresh=false"}, ""},
		"-destroy -refresh=true":          {[]string{"-destroy", "-refresh", "-refresh=true"}, ""},
		"another file for the plan":       {[]string{"-out=other.plan"}, other("-out")},
		"-out as a value":                 {[]string{"-var", "-out=other.plan"}, ""},
		"-out after a value":              {[]string{"-var", "a=b", "-out", "other.plan"}, other("-out")},
		"input from the terminal":         {[]string{"-input=true"}, other("-input")},
		"other exit codes":                {[]string{"-detailed-exitcode"}, other("-detailed-exitcode")},
		"another state":                   {[]string{"-state=other.tfstate"}, other("-state")},
		"a generated configuration":       {[]string{"-generate-config-out=x.tf"}, other("-generate-config-out")},
		"output as JSON":                  {[]string{"-json"}, other("-json")},
		"-help before others":             {[]string{"-help", "-lock"}, other("-help")},
		"two dashes":                      {[]string{"--", "x"}, other("-")},
		"a directory":                     {[]string{"other"}, other("other")},
		"an empty argument":               {[]string{""}, other("")},
		"-var and a secret beside":        {[]string{"-var=a=b", "-variable=secret"}, other("-variable")},
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
			g.checkRejected(nil, row.args, row.want)
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
		evaluationCall := func(file string) string {
			return "opa eval --fail --format raw --data settings.json --data juspay.rego --data gate.json --input " + file +
				" [n | data.juspay_policy.allow; n := data.juspay_policy.account_count][0] VARIABLE="
		}
		want := []string{
			"terraform plan -var name=a b -destroy -input=false -out=" + temporary + "/plan JUSPAY_BASE_URL=",
			"terraform show -json " + temporary + "/plan JUSPAY_BASE_URL=",
			"terraform graph -type=plan -plan=" + temporary + "/plan JUSPAY_BASE_URL=",
			evaluationCall("plan.json"),
			evaluationCall("empty.json"),
			evaluationCall("pending.json"),
			"",
		}
		check.Equal(g.t, "the calls", lines, want)
	})
}

func TestPolicyGate_ReadsThePolicyBeforeItPlans(t *testing.T) {
	t.Parallel()
	inEachShell(t, "files", func(g fakeGate) {
		g.program("terraform", `echo other >policies/juspay.rego
echo other >policies/settings.json
for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done`)
		cat, err := exec.LookPath("cat")
		check.MustNoError(g.t, "exec.LookPath", err)
		g.opa("Version: 1.21.1", cat+` juspay.rego settings.json >"`+g.dir+`/evaluated"; exit 1`)
		g.run(nil, nil)
		evaluated, err := os.ReadFile(filepath.Join(g.dir, "evaluated"))
		check.MustNoError(g.t, "os.ReadFile", err)
		want := acctest.ReadFile(g.t, packFile) + acctest.ReadFile(g.t, "examples/policies/settings.json")
		check.Equal(g.t, "the policy and the settings that were evaluated", string(evaluated), want)
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

func TestPolicyGate_ReadsSettingsAsJSON(t *testing.T) {
	t.Parallel()
	const unreadable = "gate.sh: opa cannot read settings.json. Correct what it reports; the file must be JSON in UTF-8, without a byte order mark.\n"
	const outside = "gate.sh: settings.json has more than the object juspay, and no rule reads what is outside of it. " +
		"Move it into the object, or into a file of its own.\n"
	const twice = "gate.sh: settings.json has a name twice in one object, of which OPA reads the last. Write each setting once.\n"
	for name, row := range map[string]struct{ settings, want string }{
		"a setting outside":              {`{"juspay": {"registry_providers": false}, "payouts": {"bank_payout": ["payee"]}}`, outside},
		"false outside":                  {`{"juspay": {"registry_providers": false}, "active": false}`, outside},
		"no object juspay":               {`{"Juspay": {"registry_providers": false}}`, outside},
		"a setting twice":                {`{"juspay": {"registry_providers": false, "registry_providers": true}}`, twice},
		"twice, with escapes":            {`{"juspay": {"registry_providers": true, "registry\u005fproviders" : false}}`, twice},
		"an object twice":                {`{"juspay": {"registry_providers": true}, "juspay": {"registry_providers": false}}`, twice},
		"a name in two objects":          {`{"juspay": {"x": {"a": [{"b": 1}, {"b": 2}]}, "a": "\"b\":", "registry_providers": false}}`, allowedByFake},
		"a byte order mark":              {"\ufeff{}", unreadable},
		"a comma too much":               {`{"juspay": {"active": true,}}`, unreadable},
		"no text":                        {"", unreadable},
		"text in UTF-16":                 {"\xff\xfe{\x00}\x00", unreadable},
		"an empty object":                {"{}", "gate.sh: the directory terraform.d "},
		"another value":                  {`{"juspay": []}`, "gate.sh: the directory terraform.d "},
		"the setting on":                 {`{"juspay": {"registry_providers": true}}`, "gate.sh: the directory terraform.d "},
		"the setting null":               {`{"juspay": {"registry_providers": null}}`, "gate.sh: the directory terraform.d "},
		"the setting off, as a text":     {`{"juspay": {"registry_providers": "false"}}`, "gate.sh: the directory terraform.d "},
		"the setting off, elsewhere":     {`{"juspay": {"x": {"registry_providers": false}}}`, "gate.sh: the directory terraform.d "},
		"the setting off, within a text": {`{"juspay": {"x": "\"registry_providers\":false", "y": [" registry_providers "]}}`, "gate.sh: the directory terraform.d "},
		"the setting off":                {`{"juspay": {"registry_providers": false}}`, allowedByFake},
		"the setting off, with escapes":  {"{\"juspay\": {\"registry\\u005fproviders\"\n:\tfalse}}", allowedByFake},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.write("policies/settings.json", row.settings)
			g.write("terraform.d/x", "")
			code, printed, calls := g.run(nil, nil)
			check.Contains(g.t, "the output", printed, row.want)
			allowed := row.want == allowedByFake
			check.Equal(g.t, "whether it allows the plan", code == 0, allowed)
			check.Equal(g.t, "whether it calls programs", calls != "", allowed)
		})
	}
}

// TestPolicyGate_PrintsReasons lets OPA evaluate a policy that denies what a row says.
func TestPolicyGate_PrintsReasons(t *testing.T) {
	t.Parallel()
	const three = "account_count := 3"
	for name, row := range map[string]struct{ rules, denied, want string }{
		"a reason about no account": {
			"", `"plan: it is too old."`, "- plan: it is too old.\nDenied: 1 reason. Accounts: 1, denied: 0.",
		},
		"two reasons about one account": {
			"", `"data.x.y: account banh_a is one.", "data.x.y: account banh_a is two."`,
			"- data.x.y: account banh_a is one.\n- data.x.y: account banh_a is two.\nDenied: 2 reasons. Accounts: 1, denied: 1.",
		},
		"one reason about two accounts of three, and another about one": {
			three, `"data.x.y[\"a: b\"]: account banh_a is one.", "data.x.all: account banh_c is one.", "data.x.all: account banh_c is two."`,
			"- data.x.all: account banh_c is one.\n- data.x.all: account banh_c is two.\n- data.x.y[\"a: b\"]: account banh_a is one.\n" +
				"Denied: 3 reasons. Accounts: 3, denied: 2.",
		},
		"reasons that the policy groups": {
			`report := ["1 of 1 accounts: one.", "plan: two."]`, `"data.x.y: account banh_a is one.", "plan: two."`,
			"- 1 of 1 accounts: one.\n- plan: two.\nDenied: 2 reasons. Accounts: 1, denied: 1.",
		},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.stubPolicy(row.rules, row.denied)
			g.check(nil, nil, 1, "The policy denies this plan:\n"+row.want+" Plan to apply: none.\n")
		})
	}
}

func TestPolicyGate_SaysWhyThePlanCannotBeShown(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ script, want string }{
		"the crash of Terraform 1.10 to 1.14": {
			"echo '!!! TERRAFORM CRASH !!!' >&2; echo 'panic: unsupported resource mode 69' >&2; exit 11",
			"gate.sh: denied: this version of Terraform cannot show plans in which an ephemeral resource has a condition of its own. " +
				"Make it a precondition of the payout, or plan with Terraform 1.15 or later.\n",
		},
		"another error": {"echo 'no plan' >&2; exit 1", "gate.sh: denied: terraform show failed: no plan\n"},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.program("terraform", "case $1 in show) "+row.script+" ;; esac")
			g.check(nil, nil, 1, row.want)
		})
	}
}

func TestPolicyGate_PrintsItsVersion(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ argument, manifest, want string }{
		"of a release":     {"-version", `{"revision": "1.2.3", "roots": ["juspay_policy"]}`, "Juspay policies 1.2.3\n"},
		"of a clone":       {"-version", "", "Juspay policies of a clone\n"},
		"with two hyphens": {"--version", "", "Juspay policies of a clone\n"},
	} {
		inEachShell(t, name, func(g fakeGate) {
			if row.manifest != "" {
				g.write("policies/.manifest", row.manifest)
			}
			command := exec.CommandContext(g.t.Context(), g.shell, "policies/gate.sh", row.argument)
			command.Dir = g.dir
			command.Env = []string{"PATH=" + g.path}
			printed, err := command.CombinedOutput()
			if err != nil || string(printed) != row.want {
				g.t.Errorf("got %q, %v; want %q", printed, err, row.want)
			}
			g.checkNoPlan()
		})
	}
}

func TestPolicyGate_RemovesNoDirectory(t *testing.T) {
	t.Parallel()
	inEachShell(t, "gate.plan", func(g fakeGate) {
		check.MustNoError(g.t, "os.Remove", os.Remove(filepath.Join(g.dir, "gate.plan")))
		g.write("gate.plan/x", "")
		command := exec.CommandContext(g.t.Context(), g.shell, "policies/gate.sh")
		command.Dir = g.dir
		command.Env = []string{"PATH=" + g.path}
		printed, err := command.CombinedOutput()
		check.Equal(g.t, "whether it fails", err != nil, true)
		check.Contains(g.t, "what it printed", string(printed), "gate.sh: gate.plan cannot be removed. Remove it.\n")
	})
}

// TestPolicyGate_PrintsItsUsage checks that the usage names each argument that the gate takes.
func TestPolicyGate_PrintsItsUsage(t *testing.T) {
	t.Parallel()
	var taken []string
	for _, list := range regexp.MustCompile(`(?m)^    (-[a-z][-a-z =|*]*)\)`).FindAllStringSubmatch(acctest.ReadFile(t, "examples/policies/gate.sh"), -1) {
		for argument := range strings.SplitSeq(list[1], " | ") {
			if name, _, _ := strings.Cut(argument, "="); !strings.HasSuffix(argument, "*") || strings.HasSuffix(argument, "=*") {
				taken = append(taken, name)
			}
		}
	}
	for _, argument := range []string{"-help", "--help", "-h"} {
		inEachShell(t, argument, func(g fakeGate) {
			command := exec.CommandContext(g.t.Context(), g.shell, "policies/gate.sh", argument)
			command.Dir = g.dir
			command.Env = []string{"PATH=" + g.path}
			printed, err := command.CombinedOutput()
			if usage := "Usage: sh policies/gate.sh [arguments of terraform plan]\n"; err != nil || !strings.HasPrefix(string(printed), usage) {
				g.t.Errorf("got %q, %v; want it to begin with %q", printed, err, usage)
			}
			g.checkNoPlan()
			if len(taken) < 12 {
				g.t.Errorf("got the arguments %q, want at least 12", taken)
			}
			check.ContainsEach(g.t, "the output", string(printed), taken)
		})
	}
}
