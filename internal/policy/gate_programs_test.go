// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestPolicyGate_NeedsProgramsAndFiles(t *testing.T) {
	t.Parallel()
	const (
		tooOld    = "gate.sh: this opa is too old, or does not report its version. Install OPA 0.66 or later.\n"
		copyAgain = "Copy it again from where the other policies came from, such as examples/policies of the provider's repository.\n"
	)
	for name, row := range map[string]struct {
		version, lacks string
		printed        string // the output, or a part of it
	}{
		"OPA 0.65 is too old": {"Version: 0.65.0", "", tooOld},
		"OPA 0.7 is too old":  {"Version: 0.7.0", "", tooOld},
		"no version":          {"", "", tooOld},
		"OPA 0.66 is enough":  {"Version: 0.66.0", "", allowedByFake},
		"OPA 0.70 is enough":  {"Version: 0.70.1", "", allowedByFake},
		"OPA 1 is enough":     {"Version: 1.0.0", "", allowedByFake},
		"OPA 1.21 is enough":  {"Version: 1.21.1", "", allowedByFake},
		"no OPA":              {"", "opa", "gate.sh: opa is not on PATH. Install OPA 0.66 or later.\n"},
		"no policy":           {"Version: 1.0.0", "policies/juspay.rego", "gate.sh: juspay.rego cannot be read. " + copyAgain},
		"no settings":         {"Version: 1.0.0", "policies/settings.json", "gate.sh: settings.json cannot be read. " + copyAgain},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.opa(row.version, allowsThePlan)
			if row.lacks != "" {
				_ = os.Remove(filepath.Join(g.path, row.lacks))
				_ = os.Remove(filepath.Join(g.dir, row.lacks))
			}
			code, printed, calls := g.run(nil, nil)
			check.Contains(g.t, "the output", printed, row.printed)
			allowed := row.printed == allowedByFake
			check.Equal(g.t, "whether it allows the plan", code == 0, allowed)
			check.Equal(g.t, "whether it says that it does", printed == allowedByFake, allowed)
			check.Equal(g.t, "whether it calls programs", calls != "", allowed)
		})
	}
}

// TestPolicyGate_SaysWhyOPACannotBeUsed runs an opa that is not the program itself.
func TestPolicyGate_SaysWhyOPACannotBeUsed(t *testing.T) {
	t.Parallel()
	const first = " Put the directory of the program itself first on PATH. It "
	names := strings.Count(acctest.ReadFile(t, "examples/policies/settings.json"), `":`)
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
			"gate.sh: opa prints more than the result, as a wrapper does." + first +
				fmt.Sprintf("printed: opa 1.21.1 of the company\nreported: names:%d\n", names),
		},
		"a wrapper that prints nothing more": {`exec OPA "$@"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFakeGate(t, "dash")
			g.stubPolicy("", "")
			g.program("opa", strings.ReplaceAll(row.script, "OPA", acctest.Program(t, "opa")))
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

// TestPolicyGate_RunsNoProgramOfTheAuthor puts a program that records its call where
// the author may write.
func TestPolicyGate_RunsNoProgramOfTheAuthor(t *testing.T) {
	t.Parallel()
	rejected := func(variable, path string) string {
		return "gate.sh: " + variable + " has '" + path + "', which is not an absolute path that stays outside of TREE, " +
			"so the configuration's author may put programs there. Remove it.\n"
	}
	// DIR is the gate's directory, LINK a link to it, and OK the directory of the programs. DIR/out is a link to OK,
	// CHAIN a link to DIR/out, LOOP one to itself, and TO-CLI one to a CLI of the author.
	for name, row := range map[string]struct {
		path, terraform, want string
	}{
		"the working directory first":       {".:OK", "", rejected("PATH", ".")},
		"the working directory last":        {"OK:.", "", rejected("PATH", ".")},
		"an empty element first":            {":OK", "", rejected("PATH", "")},
		"an empty element last":             {"OK:", "", rejected("PATH", "")},
		"an empty element in the middle":    {"OK::OK", "", rejected("PATH", "")},
		"no element":                        {"", "", rejected("PATH", "")},
		"a relative directory":              {"OK:bin", "", rejected("PATH", "bin")},
		"a relative directory with a glob":  {"*:OK", "", rejected("PATH", "*")},
		"the clone":                         {"DIR:OK", "", rejected("PATH", "DIR")},
		"a directory of the clone":          {"DIR/bin:OK", "", rejected("PATH", "DIR/bin")},
		"one that does not exist yet":       {"OK:DIR/node_modules/.bin", "", rejected("PATH", "DIR/node_modules/.bin")},
		"a link to the clone":               {"LINK:OK", "", rejected("PATH", "LINK")},
		"a path that leads back":            {"OK/..:DIR/../NAME:OK", "", rejected("PATH", "DIR/../NAME")},
		"a link in the clone":               {"DIR/out:OK", "", rejected("PATH", "DIR/out")},
		"a link in a link to the clone":     {"LINK/out/:OK", "", rejected("PATH", "LINK/out/")},
		"a path through a link in it":       {"DIR/out/..:OK", "", rejected("PATH", "DIR/out/..")},
		"a link to a link in the clone":     {"OK:CHAIN", "", rejected("PATH", "CHAIN")},
		"a link to itself":                  {"OK:LOOP", "", rejected("PATH", "LOOP")},
		"a link in the clone to a CLI":      {"OK", "DIR/out/terraform", rejected("TERRAFORM", "DIR/out/terraform")},
		"a link to a CLI of the author":     {"OK", "TO-CLI", rejected("TERRAFORM", "TO-CLI")},
		"a CLI of the author":               {"OK", "DIR/bin/cat", rejected("TERRAFORM", "DIR/bin/cat")},
		"a CLI by a relative path":          {"OK", "bin/cat", rejected("TERRAFORM", "bin/cat")},
		"no CLI":                            {"OK", "tofu", "gate.sh: tofu is not on PATH. Install it, or set TERRAFORM to the path of the CLI.\n"},
		"directories outside":               {"OK:/usr/lib:DIR-other:/does/not/exist", "", ""},
		"a CLI by its path":                 {"OK", "OK/terraform", ""},
		"a directory whose name is a glob":  {"OK:/usr/[ab]in*", "", ""},
		"a directory whose name has spaces": {"OK:/usr/a b", "", ""},
	} {
		for tree, inClone := range map[string]bool{"a directory": false, "a directory of a clone": true} {
			inEachShell(t, name+", in "+tree, func(g fakeGate) {
				links := g.t.TempDir()
				for link, target := range map[string]string{
					links + "/link": g.dir, g.dir + "/out": g.path, links + "/chain": g.dir + "/out", links + "/loop": links + "/loop", links + "/cli": g.dir + "/bin/cat",
				} {
					check.MustNoError(g.t, "os.Symlink", os.Symlink(target, link))
				}
				for _, directory := range []string{"", "bin"} {
					author := acctest.WriteFile(g.t, filepath.Join(g.dir, directory), "cat", "#!/bin/sh\necho \"$0\" >>calls\n")
					check.MustNoError(g.t, "os.Chmod", os.Chmod(author, 0o700))
				}
				want := row.want
				if inClone {
					g.addGit()
					g.clone()
				}
				placeholders := strings.NewReplacer("OK", g.path, "DIR", g.dir, "NAME", filepath.Base(g.dir), "TREE", g.dir,
					"LINK", links+"/link", "CHAIN", links+"/chain", "LOOP", links+"/loop", "TO-CLI", links+"/cli")
				env := []string{"PATH=" + placeholders.Replace(row.path)}
				if row.terraform != "" {
					env = append(env, "TERRAFORM="+placeholders.Replace(row.terraform))
				}
				if want == "" {
					g.check(env, nil, 0, allowedByFake)
					return
				}
				want = strings.NewReplacer(g.path+"/", "", g.dir+"/", "").Replace(placeholders.Replace(want))
				g.checkRejected(env, nil, want)
			})
		}
	}
	inEachShell(t, "a directory of the clone above the configuration", func(g fakeGate) {
		g.clone()
		configuration := filepath.Join(g.dir, "configuration")
		check.MustNoError(g.t, "os.Mkdir", os.Mkdir(configuration, 0o700))
		check.MustNoError(g.t, "os.Rename", os.Rename(filepath.Join(g.dir, "policies"), filepath.Join(configuration, "policies")))
		above := g.dir
		g.dir = configuration
		_, printed, calls := g.run([]string{"PATH=" + above + "/bin:" + g.path}, nil)
		want := "gate.sh: PATH has '" + above + "/bin', which is not an absolute path that stays outside of " + above + ", "
		if !strings.HasPrefix(printed, want) || calls != "" {
			g.t.Errorf("got %q and the calls %q, want the beginning %q and no call", printed, calls, want)
		}
	})
}

// TestPolicyGate_RejectsProvidersWithoutHashes runs the gate with lock files.
func TestPolicyGate_RejectsProvidersWithoutHashes(t *testing.T) {
	t.Parallel()
	entry := func(name, hashes string) string {
		return "provider \"registry.terraform.io/" + name + "\" {\n  version     = \"0.1.0\"\n  constraints = \"~> 0.1\"\n" + hashes + "}\n"
	}
	const (
		header = "# This file is maintained automatically by \"terraform init\".\n\n"
		hashes = "  hashes = [\n    \"h1:k1R9+q/8=\",\n    \"zh:0a9f\",\n  ]\n"
	)
	juspay, other := entry("juspay/juspay", hashes), entry("hashicorp/http", hashes)
	rejected := func(shown string) string {
		return "gate.sh: .terraform.lock.hcl has no hashes for a provider, which may then be any program, or is not formed as terraform init writes it: " +
			shown + ". Remove what it shows, and run terraform init.\n"
	}
	const begins = `provider "registry.terraform.io/juspay/juspay" {`
	noHashes := rejected(begins)
	for name, row := range map[string]struct{ lock, want string }{
		"hashes of each provider":                 {header + juspay + "\n" + other, ""},
		"no entry":                                {header, ""},
		"Windows' line ends":                      {strings.ReplaceAll(header+juspay, "\n", "\r\n"), ""},
		"OpenTofu's registry and header":          {"# tofu\n" + strings.ReplaceAll(juspay, "terraform.io", "opentofu.org"), ""},
		"no hashes":                               {header + entry("juspay/juspay", ""), noHashes},
		"no hashes before another provider":       {entry("juspay/juspay", "") + other, noHashes},
		"no hashes after another provider":        {other + entry("juspay/juspay", ""), noHashes},
		"an empty list over two lines":            {entry("juspay/juspay", "  hashes = [\n  ]\n"), noHashes},
		"a hash of a scheme that is not compared": {entry("juspay/juspay", "  hashes = [\n    \"zz:x\",\n  ]\n"), rejected("    \"zz:x\",\n" + begins)},
		"hashes in a comment":                     {entry("juspay/juspay", "# hashes = [\n#    \"h1:x\",\n# ]\n"), noHashes},
		"an empty list":                           {entry("juspay/juspay", "  hashes = []\n"), rejected("  hashes = []\n" + begins)},
		"an entry in one line":                    {begins + ` version = "0.1.0" }`, rejected(begins + ` version = "0.1.0" }`)},
		"an entry that a comment takes back":      {"/*\n" + juspay + "*/\n", rejected("/*\n*/")},
		"another kind of comment":                 {"// x\n" + juspay, rejected("// x")},
		"a value over several lines":              {"x = <<E\n" + juspay + "E\n", rejected("x = <<E\nE")},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.write(".terraform.lock.hcl", row.lock)
			if row.want == "" {
				g.check(nil, nil, 0, allowedByFake)
				return
			}
			g.checkRejected(nil, nil, row.want)
		})
	}
}

// TestPolicyGate_RejectsProgramsThatGitTracks puts files below the data directory under
// version control.
func TestPolicyGate_RejectsProgramsThatGitTracks(t *testing.T) {
	t.Parallel()
	tracked := func(data string) string {
		return "gate.sh: git tracks files in " + data + ", so a program of the configuration's author may run as the provider. " +
			"Run git rm -r --cached " + data + ", and terraform init.\n"
	}
	const program = "/providers/registry.terraform.io/juspay/juspay/0.1.0/linux_amd64/terraform-provider-juspay_v0.1.0"
	for name, row := range map[string]struct {
		before, after string // the file that git tracks, and one that is written later
		env           []string
		want          string
	}{
		"a program that git tracks":            {".terraform" + program, "", nil, tracked(".terraform")},
		"a program that it tracks and init":    {".terraform" + program, ".terraform/init", nil, tracked(".terraform")},
		"a program that init installed":        {"main.tf", ".terraform" + program, nil, ""},
		"a data directory of another name":     {"data" + program, "", []string{"TF_DATA_DIR=data"}, tracked("data")},
		"a tracked one beside the one in use":  {"data" + program, ".terraform" + program, nil, ""},
		"a data directory outside the clone":   {"main.tf", "", []string{"TF_DATA_DIR=" + t.TempDir()}, ""},
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
		check.MustNoError(g.t, "os.Symlink", os.Symlink("vendored", filepath.Join(g.dir, ".terraform")))
		g.clone()
		g.checkRejected(nil, nil, tracked(".terraform"))
	})
	for name, data := range map[string]func(g fakeGate) string{
		"a data directory below a link":         func(fakeGate) string { return "build/tf" },
		"an absolute data directory below it":   func(g fakeGate) string { return filepath.Join(g.dir, "build/tf") },
		"a data directory below two more links": func(fakeGate) string { return "more/tf" },
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.addGit()
			g.write("vendored/tf"+program, "")
			check.MustNoError(g.t, "os.Symlink", os.Symlink("vendored", filepath.Join(g.dir, "build")))
			check.MustNoError(g.t, "os.Symlink", os.Symlink("build", filepath.Join(g.dir, "more")))
			g.clone()
			g.checkRejected([]string{"TF_DATA_DIR=" + data(g)}, nil, tracked("vendored/tf"))
		})
	}
	for name, isCache := range map[string]bool{"a data directory in a submodule": false, "a cache of plugins in a submodule": true} {
		inEachShell(t, name, func(g fakeGate) {
			g.addGit()
			g.clone()
			g.addSubmodule("sub", "tf"+program)
			if !isCache {
				g.checkRejected([]string{"TF_DATA_DIR=sub/tf"}, nil, tracked("sub/tf"))
				return
			}
			cache := "sub/tf" + filepath.Dir(program)
			link := filepath.Join(g.dir, ".terraform", filepath.Dir(program))
			check.MustNoError(g.t, "os.MkdirAll", os.MkdirAll(filepath.Dir(link), 0o700))
			check.MustNoError(g.t, "os.Symlink", os.Symlink(filepath.Join(g.dir, cache), link))
			g.checkRejected(nil, nil, tracked(cache))
		})
	}
	inEachShell(t, "a configuration that looks like a repository", func(g fakeGate) {
		g.addGit()
		for file, content := range map[string]string{
			"HEAD": "ref: refs/heads/main", "objects/x": "", "refs/x": "", ".terraform" + program: "",
			"config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"echo fsmonitor >>calls; false\"\n",
		} {
			g.write("configuration/"+file, content)
		}
		g.clone()
		check.MustNoError(g.t, "os.Rename", os.Rename(filepath.Join(g.dir, "policies"), filepath.Join(g.dir, "configuration", "policies")))
		g.dir = filepath.Join(g.dir, "configuration")
		g.checkRejected(nil, nil, tracked(".terraform"))
	})
	inEachShell(t, "a program in the git configuration of a home directory", func(g fakeGate) {
		g.addGit()
		g.write("main.tf", "")
		g.clone()
		g.write(".terraform/init", "")
		home := g.t.TempDir()
		acctest.WriteFile(g.t, home, ".gitconfig", "[core]\n\tfsmonitor = \"echo fsmonitor >>calls; false\"\n")
		check.Lacks(g.t, "the calls of programs", g.check([]string{"HOME=" + home}, nil, 0, allowedByFake), "fsmonitor")
	})
	for name, row := range map[string]struct {
		cache     string // the file of a cache of plugins, which .terraform links
		isTracked bool
	}{
		"a cache of plugins that git tracks":      {"my cache", true},
		"a cache of plugins that init filled":     {"cache", false},
		"a cache of plugins outside of the clone": {"", false},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.addGit()
			g.write("main.tf", "")
			cache := g.t.TempDir()
			if row.cache != "" {
				cache = filepath.Join(g.dir, row.cache)
			}
			if !row.isTracked {
				g.clone()
			}
			acctest.WriteFile(g.t, cache, program, "")
			if row.isTracked {
				g.clone()
			}
			link := filepath.Join(g.dir, ".terraform", filepath.Dir(program))
			check.MustNoError(g.t, "os.MkdirAll", os.MkdirAll(filepath.Dir(link), 0o700))
			check.MustNoError(g.t, "os.Symlink", os.Symlink(filepath.Join(cache, filepath.Dir(program)), link))
			if row.isTracked {
				g.checkRejected(nil, nil, tracked("my cache"+filepath.Dir(program)))
				return
			}
			g.check(nil, nil, 0, allowedByFake)
		})
	}
	inEachShell(t, "a clone without git", func(g fakeGate) {
		g.write(".terraform/init", "")
		g.clone()
		code, printed, calls := g.run(nil, nil)
		check.Contains(g.t, "the output", printed, "git: ", "not found\ngate.sh: git does not list the files that it tracks in .terraform. ")
		check.Equal(g.t, "the exit code", code, 1)
		check.Equal(g.t, "the calls of programs", calls, "")
	})
}

// TestPolicyGate_IsCopiedFromTheClone runs the commands of the guide on pipelines.
func TestPolicyGate_IsCopiedFromTheClone(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	home := t.TempDir()
	check.MustNoError(t, "os.Symlink", os.Symlink(repository, filepath.Join(home, "terraform-provider-juspay")))
	command := exec.CommandContext(t.Context(), "sh", "-ec", acctest.ReadFile(t, "examples/install/policies-clone.sh"))
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "HOME="+home)
	printed, err := command.CombinedOutput()
	if want := "Juspay policies of a clone\n"; err != nil || string(printed) != want {
		t.Errorf("got %q, %v; want %q", printed, err, want)
	}
	check.Equal(t, ".gitignore", acctest.ReadFile(t, filepath.Join(command.Dir, ".gitignore")), ".terraform/\ngate.plan\ngate.expires\n")
	if got, want := acctest.ReadFile(t, filepath.Join(command.Dir, "policies", "juspay.rego")), acctest.ReadFile(t, packFile); got != want {
		t.Errorf("got a policy of %d bytes, want a copy of %d", len(got), len(want))
	}
}

// A program in a home directory in the clone may run as the provider, as one in terraform.d may.
func TestPolicyGate_RejectsAHomeInTheClone(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"} {
		inEachShell(t, variable, func(g fakeGate) {
			g.write("home/.terraform.d/plugins/x", "")
			outside := g.t.TempDir()
			g.check([]string{variable + "=" + outside}, nil, 0, allowedByFake)
			check.MustNoError(g.t, "os.Remove", os.Remove(filepath.Join(g.dir, "calls")))
			g.checkRejected([]string{variable + "=" + filepath.Join(g.dir, "home")}, nil, "gate.sh: HOME or XDG_* has 'home', which is not an absolute path that stays "+
				"outside of "+g.dir+", so another program may be there under the provider's name. Set it to a directory outside; or set juspay.registry_providers to "+
				"false in settings.json.\n")
		})
	}
}

// Without HOME, Terraform takes the home directory from the system.
func TestPolicyGate_NeedsAHome(t *testing.T) {
	t.Parallel()
	inEachShell(t, "an empty HOME", func(g fakeGate) {
		g.checkRejected([]string{"HOME="}, nil, "gate.sh: HOME is not set, so that terraform takes the home directory, and a CLI configuration in it, "+
			"from the system. Set HOME; or set juspay.registry_providers to false in settings.json.\n")
	})
	inEachShell(t, "an empty HOME, and other providers", func(g fakeGate) {
		g.setting(`"registry_providers": true`, `"registry_providers": false`)
		g.check([]string{"HOME="}, nil, 0, allowedByFake)
	})
}

// An allowed plan whose last line cannot be printed is not left.
func TestPolicyGate_LeavesNoPlanWithoutItsLine(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full, the file to which nothing can be written")
	}
	inEachShell(t, "a full disk", func(g fakeGate) {
		command := exec.CommandContext(g.t.Context(), g.shell, "-c", g.shell+" policies/gate.sh >/dev/full")
		command.Dir, command.Env = g.dir, []string{"PATH=" + g.path, "TMPDIR=" + g.t.TempDir()}
		err := command.Run()
		check.Equal(g.t, "whether the gate fails", err != nil, true)
		g.checkNoPlan()
	})
}

func TestPolicyGate_RejectsWhatReplacesTheProvider(t *testing.T) {
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
		"one of OpenTofu's directory of configurations": {file: "opentofu/x.tfrc.json", content: `{"provider_installation": {}}`,
			env: []string{"XDG_CONFIG_HOME=."}, want: replaced("./opentofu/x.tfrc.json")},
		"the configuration of Windows":        {file: "terraform.rc", content: "dev_overrides {}", env: []string{"APPDATA=."}, want: replaced("./terraform.rc")},
		"OpenTofu's configuration of Windows": {file: "tofu.rc", content: "dev_overrides {}", env: []string{"APPDATA=."}, want: replaced("./tofu.rc")},
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
			g.checkRejected(row.env, nil, row.want)
			if row.always {
				return
			}
			g.setting(`"registry_providers": true`, `"registry_providers": false`)
			g.check(row.env, nil, 0, allowedByFake)
		})
	}
}
