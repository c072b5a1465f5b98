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
	"github.com/juspay/terraform-provider-juspay/internal/acctest/check"
)

// clone makes the gate's directory a clone that tracks the files that exist.
func (g fakeGate) clone() {
	g.t.Helper()
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}} {
		git := exec.CommandContext(g.t.Context(), "git", args...)
		git.Dir = g.dir
		if out, err := git.CombinedOutput(); err != nil {
			g.t.Fatalf("git %v: got %v, want no error:\n%s", args, err, out)
		}
	}
}

// addGit puts git on the gate's PATH.
func (g fakeGate) addGit() {
	g.t.Helper()
	path, err := exec.LookPath("git")
	acctest.NoError(g.t, err)
	acctest.NoError(g.t, os.Symlink(path, filepath.Join(g.path, "git")))
}

// TestPolicyGate_RunsNoProgramOfTheAuthor puts a program that records its call where
// the author may write.
func TestPolicyGate_RunsNoProgramOfTheAuthor(t *testing.T) {
	t.Parallel()
	refused := func(variable, directory string) string {
		return "gate.sh: " + variable + " has the directory '" + directory + "', which is not an absolute path outside of TREE, " +
			"so the configuration's author may put programs there. Remove it.\n"
	}
	// DIR is the gate's directory, LINK a link to it, and OK the directory of the programs.
	for name, row := range map[string]struct {
		path, terraform, want string
	}{
		"the working directory first":       {".:OK", "", refused("PATH", ".")},
		"the working directory last":        {"OK:.", "", refused("PATH", ".")},
		"an empty element first":            {":OK", "", refused("PATH", "")},
		"an empty element last":             {"OK:", "", refused("PATH", "")},
		"an empty element in the middle":    {"OK::OK", "", refused("PATH", "")},
		"no element":                        {"", "", refused("PATH", "")},
		"a relative directory":              {"OK:bin", "", refused("PATH", "bin")},
		"a relative directory with a glob":  {"*:OK", "", refused("PATH", "*")},
		"the clone":                         {"DIR:OK", "", refused("PATH", "DIR")},
		"a directory of the clone":          {"DIR/bin:OK", "", refused("PATH", "DIR/bin")},
		"one that does not exist yet":       {"OK:DIR/node_modules/.bin", "", refused("PATH", "DIR/node_modules/.bin")},
		"a link to the clone":               {"LINK:OK", "", refused("PATH", "LINK")},
		"a path that leads back":            {"OK/..:DIR/../NAME:OK", "", refused("PATH", "DIR/../NAME")},
		"a CLI of the author":               {"OK", "DIR/bin/cat", refused("TERRAFORM", "DIR/bin")},
		"a CLI by a relative path":          {"OK", "bin/cat", refused("TERRAFORM", "bin")},
		"no CLI":                            {"OK", "tofu", "gate.sh: tofu is not on PATH. Install it, or set TERRAFORM to the path of the CLI.\n"},
		"directories outside":               {"OK:/usr/lib:DIR-other:/does/not/exist", "", ""},
		"a CLI by its path":                 {"OK", "OK/terraform", ""},
		"a directory whose name is a glob":  {"OK:/usr/[ab]in*", "", ""},
		"a directory whose name has spaces": {"OK:/usr/a b", "", ""},
	} {
		for tree, inClone := range map[string]bool{"a directory": false, "a directory of a clone": true} {
			inEachShell(t, name+", in "+tree, func(g fakeGate) {
				link := filepath.Join(g.t.TempDir(), "link")
				acctest.NoError(g.t, os.Symlink(g.dir, link))
				for _, directory := range []string{"", "bin"} {
					author := acctest.WriteFile(g.t, filepath.Join(g.dir, directory), "cat", "#!/bin/sh\necho \"$0\" >>calls\n")
					acctest.NoError(g.t, os.Chmod(author, 0o700))
				}
				want := row.want
				if inClone {
					g.addGit()
					g.clone()
				}
				placeholders := strings.NewReplacer("OK", g.path, "DIR", g.dir, "LINK", link, "NAME", filepath.Base(g.dir), "TREE", g.dir)
				env := []string{"PATH=" + placeholders.Replace(row.path)}
				if row.terraform != "" {
					env = append(env, "TERRAFORM="+placeholders.Replace(row.terraform))
				}
				if want == "" {
					g.check(env, nil, 0, allowedByFake)
					return
				}
				want = strings.NewReplacer(g.path+"/", "", g.dir+"/", "").Replace(placeholders.Replace(want))
				g.checkRefused(env, nil, want)
			})
		}
	}
	inEachShell(t, "a directory of the clone above the configuration", func(g fakeGate) {
		g.clone()
		configuration := filepath.Join(g.dir, "configuration")
		acctest.NoError(g.t, os.Mkdir(configuration, 0o700))
		acctest.NoError(g.t, os.Rename(filepath.Join(g.dir, "policies"), filepath.Join(configuration, "policies")))
		above := g.dir
		g.dir = configuration
		_, printed, calls := g.run([]string{"PATH=" + above + "/bin:" + g.path}, nil)
		want := "gate.sh: PATH has the directory '" + above + "/bin', which is not an absolute path outside of " + above + ", "
		if !strings.HasPrefix(printed, want) || calls != "" {
			g.t.Errorf("got %q and the calls %q, want the beginning %q and no call", printed, calls, want)
		}
	})
}

// TestPolicyGate_SaysWhyOPACannotBeUsed runs an opa that is not the program itself.
func TestPolicyGate_SaysWhyOPACannotBeUsed(t *testing.T) {
	t.Parallel()
	const first = " Put the directory of the program itself first on PATH. It "
	for name, row := range map[string]struct{ script, want string }{
		"a shim of a version manager, which needs HOME": {
			`echo "No version is set for command opa, $HOME" >&2; exit 126`,
			"gate.sh: opa does not run in an empty environment, as no shim of a version manager does." + first + "reported: No version is set for command opa, \n",
		},
		"a shim that runs another program": {
			`exec asdf exec opa "$@"`, "exec: asdf: not found\n",
		},
		"a wrapper that prints before": {
			`echo "opa 1.21.1 of the company"; exec OPA "$@"`,
			"gate.sh: opa prints more than the result, as a wrapper does." + first + "printed: opa 1.21.1 of the company\noff:\n",
		},
		"a wrapper that prints nothing more": {`exec OPA "$@"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFakeGate(t, "dash")
			g.stubPolicy("", "")
			g.program("opa", strings.ReplaceAll(row.script, "OPA", acctest.Tool(t, "opa")))
			code, printed, calls := g.run(nil, nil)
			if row.want == "" {
				check.Equal(t, "what it printed", printed, allowedByFake)
				return
			}
			if code != 1 || !strings.HasSuffix(printed, row.want) || calls != "" {
				t.Errorf("got exit code %d, %q and the calls %q, want 1, the ending %q and no call", code, printed, calls, row.want)
			}
		})
	}
}

// stubPolicy is a policy with one account, and rules to add, which denies the messages;
// OPA itself evaluates it. It allows no other plan.
func (g fakeGate) stubPolicy(rules, denied string) {
	g.t.Helper()
	if denied != "" {
		rules += "\n\ndeny contains message if some message in [" + denied + "]\n"
	}
	g.write("policies/juspay.rego", `package juspay_policy

import rego.v1

allow if count(deny) == 0

deny contains "plan: it is not the fake's." if not input.actions

deny contains "data.x.y: account banh_a with status PENDING is not ACTIVE." if input.validation_status == "PENDING"

default accounts := [{"address": "data.x.y"}]

`+rules)
	g.program("opa", `exec "`+acctest.Tool(g.t, "opa")+`" "$@"`)
}

// TestPolicyGate_PrintsReasons lets OPA evaluate a policy that denies what a row says.
func TestPolicyGate_PrintsReasons(t *testing.T) {
	t.Parallel()
	const three = `accounts := [{"address": "data.x.y[\"a: b\"]"}, {"address": "data.x.z"}, "banh_c"]`
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

func TestPolicyGate_ReadsSettingsAsJSON(t *testing.T) {
	t.Parallel()
	const unreadable = "gate.sh: opa cannot read settings.json. Correct what it reports; the file must be JSON in UTF-8, without a byte order mark.\n"
	const outside = "gate.sh: settings.json has more than the object juspay, and no rule reads what is outside of it. " +
		"Move it into the object, or into a file of its own.\n"
	for name, row := range map[string]struct{ settings, want string }{
		"a setting outside":  {`{"juspay": {"registry_providers": false}, "payouts": {"bank_payout": ["payee"]}}`, outside},
		"false outside":      {`{"juspay": {"registry_providers": false}, "active": false}`, outside},
		"no object juspay":   {`{"Juspay": {"registry_providers": false}}`, outside},
		"a byte order mark":  {"\ufeff{}", unreadable},
		"a comma too much":   {`{"juspay": {"active": true,}}`, unreadable},
		"no text":            {"", unreadable},
		"UTF-16":             {"\xff\xfe{\x00}\x00", unreadable},
		"an empty object":    {"{}", "gate.sh: the directory terraform.d "},
		"another value":      {`{"juspay": []}`, "gate.sh: the directory terraform.d "},
		"on":                 {`{"juspay": {"registry_providers": true}}`, "gate.sh: the directory terraform.d "},
		"null":               {`{"juspay": {"registry_providers": null}}`, "gate.sh: the directory terraform.d "},
		"off, as a text":     {`{"juspay": {"registry_providers": "false"}}`, "gate.sh: the directory terraform.d "},
		"off, elsewhere":     {`{"juspay": {"x": {"registry_providers": false}}}`, "gate.sh: the directory terraform.d "},
		"off, within a text": {`{"juspay": {"x": "\"registry_providers\":false", "y": [" registry_providers "]}}`, "gate.sh: the directory terraform.d "},
		"off":                {`{"juspay": {"registry_providers": false}}`, allowedByFake},
		"off, with escapes":  {"{\"juspay\": {\"registry\\u005fproviders\"\n:\tfalse}}", allowedByFake},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.write("policies/settings.json", row.settings)
			g.write("terraform.d/x", "")
			code, printed, calls := g.run(nil, nil)
			acctest.CheckContains(g.t, printed, row.want)
			allowed := row.want == allowedByFake
			check.Equal(g.t, "whether it allows the plan", code == 0, allowed)
			check.Equal(g.t, "whether it calls programs", calls != "", allowed)
		})
	}
}

// TestPolicyGate_RefusesProviderProgramsOfTheAuthor writes lock files, and puts files
// below the data directory under version control.
func TestPolicyGate_RefusesProviderProgramsOfTheAuthor(t *testing.T) {
	t.Parallel()
	entry := func(name, hashes string) string {
		return "provider \"registry.terraform.io/" + name + "\" {\n  version     = \"0.1.0\"\n  constraints = \"~> 0.1\"\n" + hashes + "}\n"
	}
	const (
		header = "# This file is maintained automatically by \"terraform init\".\n\n"
		hashes = "  hashes = [\n    \"h1:k1R9+q/8=\",\n    \"zh:0a9f\",\n  ]\n"
	)
	juspay, other := entry("juspay/juspay", hashes), entry("hashicorp/http", hashes)
	refused := func(shown string) string {
		return "gate.sh: .terraform.lock.hcl has no hashes for a provider, which may then be any program, or is not formed as terraform init writes it: " +
			shown + ". Remove what it shows, and run terraform init.\n"
	}
	const begins = `provider "registry.terraform.io/juspay/juspay" {`
	noHashes := refused(begins)
	for name, row := range map[string]struct{ lock, want string }{
		"hashes":                             {header + juspay + "\n" + other, ""},
		"no entry":                           {header, ""},
		"Windows' line ends":                 {strings.ReplaceAll(header+juspay, "\n", "\r\n"), ""},
		"OpenTofu's registry and header":     {"# tofu\n" + strings.ReplaceAll(juspay, "terraform.io", "opentofu.org"), ""},
		"no hashes":                          {header + entry("juspay/juspay", ""), noHashes},
		"no hashes before another provider":  {entry("juspay/juspay", "") + other, noHashes},
		"no hashes after another provider":   {other + entry("juspay/juspay", ""), noHashes},
		"an empty list over two lines":       {entry("juspay/juspay", "  hashes = [\n  ]\n"), noHashes},
		"hashes in a comment":                {entry("juspay/juspay", "# hashes = [\n#    \"h1:x\",\n# ]\n"), noHashes},
		"an empty list":                      {entry("juspay/juspay", "  hashes = []\n"), refused("  hashes = []\n" + begins)},
		"an entry in one line":               {begins + ` version = "0.1.0" }`, refused(begins + ` version = "0.1.0" }`)},
		"an entry that a comment takes back": {"/*\n" + juspay + "*/\n", refused("/*\n*/")},
		"another kind of comment":            {"// x\n" + juspay, refused("// x")},
		"a value over several lines":         {"x = <<E\n" + juspay + "E\n", refused("x = <<E\nE")},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.write(".terraform.lock.hcl", row.lock)
			if row.want == "" {
				g.check(nil, nil, 0, allowedByFake)
				return
			}
			g.checkRefused(nil, nil, row.want)
		})
	}

	tracked := func(data string) string {
		return "gate.sh: git tracks files in " + data + ", so a program of the configuration's author may run as the provider. " +
			"Run git rm -r --cached " + data + ", and terraform init.\n"
	}
	const program = "/providers/registry.terraform.io/juspay/juspay/0.1.0/linux_amd64/terraform-provider-juspay_v0.1.0"
	const outside = "gate.sh: git does not list the files that it tracks in /usr/lib. Install git, or correct what it reports.\n"
	for name, row := range map[string]struct {
		before, after string // git tracks the first of the two
		env           []string
		want          string
	}{
		"a program that git tracks":            {".terraform" + program, "", nil, tracked(".terraform")},
		"a program that it tracks and init":    {".terraform" + program, ".terraform/init", nil, tracked(".terraform")},
		"a program that init installed":        {"main.tf", ".terraform" + program, nil, ""},
		"a data directory of another name":     {"data" + program, "", []string{"TF_DATA_DIR=data"}, tracked("data")},
		"a tracked one beside the one in use":  {"data" + program, ".terraform" + program, nil, ""},
		"a data directory outside the clone":   {"main.tf", "", []string{"TF_DATA_DIR=/usr/lib"}, outside},
		"a directory that is not there":        {"main.tf", "", nil, ""},
		"a name in other letters, as on macOS": {".Terraform" + program, ".terraform/init", nil, tracked(".terraform")},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.addGit()
			g.write(row.before, "")
			g.clone()
			if row.after != "" {
				g.write(row.after, "")
			}
			code, printed, calls := g.run(row.env, nil)
			want := row.want
			if want == "" {
				want = allowedByFake
			}
			if !strings.HasSuffix(printed, want) {
				g.t.Errorf("got the output %q, want the ending %q", printed, want)
			}
			check.Equal(g.t, "whether it allows the plan", code == 0, row.want == "")
			check.Equal(g.t, "whether it calls programs", calls != "", row.want == "")
		})
	}
	inEachShell(t, "a link that git tracks", func(g fakeGate) {
		g.addGit()
		g.write("vendored"+program, "")
		acctest.NoError(g.t, os.Symlink("vendored", filepath.Join(g.dir, ".terraform")))
		g.clone()
		g.checkRefused(nil, nil, tracked(".terraform"))
	})
	inEachShell(t, "a clone without git", func(g fakeGate) {
		g.write(".terraform/init", "")
		g.clone()
		code, printed, calls := g.run(nil, nil)
		acctest.CheckContains(g.t, printed, "git: ", "not found\ngate.sh: git does not list the files that it tracks in .terraform. ")
		check.Equal(g.t, "the exit code", code, 1)
		check.Equal(g.t, "the calls of programs", calls, "")
	})
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
	for name, row := range map[string]struct{ manifest, want string }{
		"of a release": {`{"revision": "1.2.3", "roots": ["juspay_policy"]}`, "Juspay policies 1.2.3\n"},
		"of a clone":   {"", "Juspay policies of a clone\n"},
	} {
		inEachShell(t, name, func(g fakeGate) {
			if row.manifest != "" {
				g.write("policies/.manifest", row.manifest)
			}
			acctest.NoError(g.t, os.Remove(filepath.Join(g.dir, "gate.plan")))
			command := exec.CommandContext(g.t.Context(), g.shell, "policies/gate.sh", "-version")
			command.Dir = g.dir
			command.Env = []string{"PATH=" + g.path}
			printed, err := command.CombinedOutput()
			if err != nil || string(printed) != row.want {
				g.t.Errorf("got %q, %v; want %q", printed, err, row.want)
			}
		})
	}
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
			acctest.NoError(g.t, os.Remove(filepath.Join(g.dir, "gate.plan")))
			command := exec.CommandContext(g.t.Context(), g.shell, "policies/gate.sh", argument)
			command.Dir = g.dir
			command.Env = []string{"PATH=" + g.path}
			printed, err := command.CombinedOutput()
			if usage := "Usage: sh policies/gate.sh [arguments of terraform plan]\n"; err != nil || !strings.HasPrefix(string(printed), usage) {
				g.t.Errorf("got %q, %v; want it to begin with %q", printed, err, usage)
			}
			if len(taken) < 12 {
				g.t.Errorf("got the arguments %q, want at least 12", taken)
			}
			acctest.CheckContains(g.t, string(printed), taken...)
		})
	}
}

// TestPolicyGate_IsCopiedFromTheClone runs the commands of the guide on pipelines.
func TestPolicyGate_IsCopiedFromTheClone(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	repository, err := filepath.Abs(".")
	acctest.NoError(t, err)
	home := t.TempDir()
	acctest.NoError(t, os.Symlink(repository, filepath.Join(home, "terraform-provider-juspay")))
	command := exec.CommandContext(t.Context(), "sh", "-ec", acctest.ReadFile(t, "examples/install/policies-clone.sh"))
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "HOME="+home)
	printed, err := command.CombinedOutput()
	if want := "Juspay policies of a clone\n"; err != nil || string(printed) != want {
		t.Errorf("got %q, %v; want %q", printed, err, want)
	}
	if got, want := acctest.ReadFile(t, filepath.Join(command.Dir, ".gitignore")), ".terraform/\ngate.plan\ngate.expires\n"; got != want {
		t.Errorf(".gitignore: got %q, want %q", got, want)
	}
	if got, want := acctest.ReadFile(t, filepath.Join(command.Dir, "policies", "juspay.rego")), acctest.ReadFile(t, "examples/policies/juspay.rego"); got != want {
		t.Errorf("got a policy of %d bytes, want a copy of %d", len(got), len(want))
	}
}
