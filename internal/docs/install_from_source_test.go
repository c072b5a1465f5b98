// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestAccInstallFromSource(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the CLI finds its directory without an environment variable there")
	}
	server := acctest.StartAPI(t)
	home := t.TempDir()
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.ReadFile(t, "examples/provider/provider.tf")), "HOME="+home)
	w.PointAt(server)
	w.Write("cli.tfrc", "") // without the override that other tests use
	install := exec.CommandContext(t.Context(), "sh", "examples/install/install.sh", ".", "0.1.0")
	install.Env = append(os.Environ(), "PLUGINS="+filepath.Join(home, ".terraform.d", "plugins"))
	checkSucceeds(t, install)
	check.Contains(t, "the output of init", w.Run(0, "init", "-no-color"), "juspay/juspay v0.1.0")
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)
}

// TestAccInstallFromSource_OfALowerVersion installs 0.1.0 in the place of the version in the
// lock file: the guide on troubleshooting has what terraform init prints, and the remedy.
func TestAccInstallFromSource_OfALowerVersion(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the CLI finds its directory without an environment variable there")
	}
	home := t.TempDir()
	plugins := filepath.Join(home, ".terraform.d", "plugins")
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, acctest.ReadFile(t, "examples/provider/provider.tf")), "HOME="+home)
	w.Write("cli.tfrc", "") // without the override that other tests use
	installInto(t, plugins, 0, "0.2.0")
	check.Contains(t, "the output of init", w.Run(0, "init", "-no-color"), "juspay/juspay v0.2.0")
	check.MustNoError(t, "os.RemoveAll", os.RemoveAll(plugins))
	installInto(t, plugins, 0, "0.1.0")
	message := "the previously-selected version 0.2.0 is no longer available"
	check.Contains(t, "the output of init", w.Run(1, "init", "-no-color"), message)
	row, _, _ := strings.Cut(message, " 0.2.0")
	check.Contains(t, "troubleshooting.md", acctest.ReadFile(t, "docs/guides/troubleshooting.md"), "\n| `"+row)
	check.Contains(t, "the output of init", w.Run(0, "init", "-no-color", "-upgrade"), "juspay/juspay v0.1.0")
}

// TestAccInstallFromSource_InAnImage runs the command of the Dockerfile that builds the
// provider, and copies the files that its COPY copies. XDG_DATA_DIRS moves /usr/local/share, in which the
// CLI looks by default, to a directory of the test.
func TestAccInstallFromSource_InAnImage(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("images are for Linux")
	}
	file := acctest.ReadFile(t, "examples/install/Dockerfile")
	match := regexp.MustCompile(`(?m)^RUN (PLUGINS=.*)\n(?s:.*)^COPY --from=juspay (\S+) /usr/local/share/(\S+)\n\z`).FindStringSubmatch(file)
	if match == nil {
		t.Fatalf("the Dockerfile: got\n%s\nwant a command with PLUGINS, and a COPY to /usr/local/share at the end", file)
	}
	server, share, built := acctest.StartAPI(t), t.TempDir(), filepath.Join(t.TempDir(), "plugins")
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.ReadFile(t, "examples/provider/provider.tf")),
		"HOME="+t.TempDir(), "XDG_DATA_DIRS="+share)
	w.Write("cli.tfrc", "") // without the override that other tests use
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	checkSucceeds(t, exec.CommandContext(t.Context(), "sh", "-c", strings.NewReplacer("="+match[2], "="+built, "/juspay", repository).Replace(match[1])))
	check.MustNoError(t, "os.CopyFS", os.CopyFS(filepath.Join(share, match[3]), os.DirFS(built)))
	check.Contains(t, "the output of init", w.Run(0, "init", "-no-color"), "juspay/juspay v0.1.0")
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)
}

// A workspace above the clone, and flags of the environment, could put other code into
// the provider.
func TestInstallFromSource_BuildsTheCloneAlone(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	workspace := t.TempDir()
	file := acctest.WriteFile(t, workspace, "go.work", "no workspace that Go can read\n")
	check.MustNoError(t, "os.Symlink", os.Symlink(repository, filepath.Join(workspace, "clone")))
	for name, env := range map[string]string{
		"a workspace in the parent directory": "GOWORK=",
		"a workspace of the environment":      "GOWORK=" + file,
		"flags of the environment":            "GOFLAGS=-no-such-flag",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugins := t.TempDir()
			install := exec.CommandContext(t.Context(), "sh", "clone/examples/install/install.sh", "clone", "0.1.0")
			install.Dir = workspace
			install.Env = append(os.Environ(), "PLUGINS="+plugins, env)
			out, err := install.CombinedOutput()
			if err != nil {
				t.Errorf("got %v: %s, want the build of the clone alone", err, out)
			}
			check.Contains(t, "the output", string(out), "\nInstalled juspay/juspay 0.1.0 in "+plugins+".\n")
		})
	}
}

// Git Bash on Windows sets APPDATA.
func TestInstallFromSource_InstallsForEachSystem(t *testing.T) {
	t.Parallel()
	const path = "terraform.d/plugins/%s/juspay/juspay/0.1.0/%s_arm64/terraform-provider-juspay_v0.1.0%s"
	for system, want := range map[string]struct{ dir, extension string }{
		"linux":   {"home/.", ""},
		"darwin":  {"home/.", ""},
		"windows": {"roaming/", ".exe"},
	} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			check.MustNoError(t, "os.WriteFile", os.WriteFile(filepath.Join(dir, "go"), []byte(fakeGo(t)), 0o700))
			install := exec.CommandContext(t.Context(), "sh", "examples/install/install.sh", ".", "0.1.0")
			install.Env = append(os.Environ(), "GOOS="+system, "GOARCH=arm64", "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"),
				"HOME="+filepath.Join(dir, "home"), "APPDATA="+filepath.Join(dir, "roaming"))
			checkSucceeds(t, install)
			for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
				name := want.dir + fmt.Sprintf(path, host, system, want.extension)
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
					t.Errorf("got %v, want a program", err)
				}
			}
		})
	}
}

// The build takes a minute when it is the first one.
func TestInstallFromSource_SaysWhatItDoes(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	printed, _ := installWithFakeGo(t, 0, "0.1.0")
	if got, want := printed, "Building juspay/juspay 0.1.0, which takes about a minute the first time\n"; !strings.HasPrefix(got, want) {
		t.Errorf("the output: got %q, want it to begin with %q", got, want)
	}
}

// TestInstallFromSource_NamesOtherVersions installs a version after a higher one, and runs the
// command that removes that.
func TestInstallFromSource_NamesOtherVersions(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	plugins := filepath.Join(t.TempDir(), "the plugins")
	versions := func(host string) []string {
		entries, err := os.ReadDir(filepath.Join(plugins, host, "juspay", "juspay"))
		check.MustNoError(t, "os.ReadDir", err)
		names := []string{}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		return names
	}
	first := installInto(t, plugins, 0, "0.2.0")
	check.Lacks(t, "the output of the first version", first, "terraform init takes")
	printed := installInto(t, plugins, 0, "0.1.0")
	_, rest, _ := strings.Cut(printed, "\nterraform init takes the highest version. To remove 0.2.0:\n  ")
	command, _, found := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("got the output %q, want it to name 0.2.0", printed)
	}
	checkSucceeds(t, exec.CommandContext(t.Context(), "sh", "-c", command))
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		check.Equal(t, "the versions for "+host, versions(host), []string{"0.1.0"})
	}
}

// TestInstallFromSource_SaysHowToUninstall runs the command that the script prints, and
// leaves other providers alone.
func TestInstallFromSource_SaysHowToUninstall(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	printed, plugins := installWithFakeGo(t, 0, "0.1.0")
	other := filepath.Join(plugins, "registry.terraform.io", "juspay", "other")
	check.MustNoError(t, "os.MkdirAll", os.MkdirAll(other, 0o700))
	_, rest, found := strings.Cut(printed, "\nIt hides every release of a registry. To uninstall it:\n  ")
	command, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("got the output %q, want it to say how to uninstall", printed)
	}
	checkSucceeds(t, exec.CommandContext(t.Context(), "sh", "-c", command))
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		if _, err := os.Stat(filepath.Join(plugins, host, "juspay", "juspay")); !os.IsNotExist(err) {
			t.Errorf("%s: got %v, want no such directory", host, err)
		}
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("another provider: got %v, want it left alone", err)
	}
}

// TestInstallFromSource_UninstallsAsThePageShows runs the page's commands, which leave other
// providers alone.
func TestInstallFromSource_UninstallsAsThePageShows(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	home := t.TempDir()
	_, plugins := installWithFakeGo(t, 0, "0.1.0")
	check.MustNoError(t, "os.CopyFS", os.CopyFS(filepath.Join(home, ".terraform.d", "plugins"), os.DirFS(plugins)))
	other := acctest.WriteFile(t, home, ".terraform.d/plugins/registry.terraform.io/juspay/other/file", "")
	uninstall := exec.CommandContext(t.Context(), "sh", "-e", "examples/install/uninstall.sh")
	uninstall.Env = append(os.Environ(), "HOME="+home)
	checkSucceeds(t, uninstall)
	var left []string
	check.MustNoError(t, "filepath.WalkDir", filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			left = append(left, path)
		}
		return err
	}))
	if !slices.Equal(left, []string{other}) {
		t.Errorf("got the files %q left, want %q", left, other)
	}
}

// Terraform ignores a directory whose name is not a whole version without a letter before it.
func TestInstallFromSource_Versions(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	const help = " is not a version that Terraform finds. Write three numbers, such as 0.1.0 or 0.2.0-beta1.\n"
	for name, row := range map[string]struct {
		version string
		exit    int
	}{
		"three numbers":             {"10.20.30", 0},
		"a version before another":  {"0.2.0-beta1", 0},
		"a v before the numbers":    {"v0.2.0", 2},
		"two numbers":               {"0.2", 2},
		"four numbers":              {"0.2.0.1", 2},
		"a zero before a number":    {"0.02.0", 2},
		"a path":                    {"0.2.0/../../x", 2},
		"nothing":                   {"", 2},
		"nothing after the numbers": {"0.2.0-", 2},
		"hyphens for full stops":    {"0-1-0", 2},
		"commas for full stops":     {"0,1,0", 2},
		"letters for full stops":    {"0x1y0", 2},
		"a comma for a full stop":   {"0.1,0", 2},
		"five digits":               {"12345", 2},
		"a line after the version":  {"0.2.0\n../../x", 2},
		"a line before the version": {"../../x\n0.2.0", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed, plugins := installWithFakeGo(t, row.exit, row.version)
			if row.exit == 0 {
				return
			}
			if want := `"` + row.version + `"` + help; printed != want {
				t.Errorf("got the output %q, want %q", printed, want)
			}
			if _, err := os.Stat(plugins); !os.IsNotExist(err) {
				t.Errorf("got %v, want no directory of plugins", err)
			}
		})
	}
}

func TestInstallFromSource_Usage(t *testing.T) {
	t.Parallel()
	const usage = "Usage: sh install.sh CLONE VERSION, such as: sh install.sh . 0.1.0\n"
	for name, row := range map[string]struct {
		args []string
		want string
	}{
		"no argument":     {nil, usage},
		"one argument":    {[]string{"."}, usage},
		"three arguments": {[]string{".", "0.1.0", "more"}, usage},
		"another directory": {
			[]string{"docs", "0.1.0"},
			"\"docs\" is not a clone of the provider's repository. Write its directory, such as ~/terraform-provider-juspay.\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			install := exec.CommandContext(t.Context(), "sh", append([]string{"examples/install/install.sh"}, row.args...)...)
			out, err := install.CombinedOutput()
			if got := install.ProcessState.ExitCode(); got != 2 {
				t.Errorf("got exit code %d, %v; want 2", got, err)
			}
			check.Equal(t, "what it printed", string(out), row.want)
		})
	}
}

// installWithFakeGo runs install.sh with a go that builds an empty file, and returns what
// it prints and the directory of plugins.
func installWithFakeGo(t *testing.T, exit int, version string) (printed, plugins string) {
	t.Helper()
	plugins = filepath.Join(t.TempDir(), "the plugins")
	return installInto(t, plugins, exit, version), plugins
}

// installInto runs install.sh with a fake go.
func installInto(t *testing.T, plugins string, exit int, version string) (printed string) {
	t.Helper()
	dir := t.TempDir()
	check.MustNoError(t, "os.WriteFile", os.WriteFile(filepath.Join(dir, "go"), []byte(fakeGo(t)), 0o700))
	install := exec.CommandContext(t.Context(), "sh", "examples/install/install.sh", ".", version)
	install.Env = append(os.Environ(), "PLUGINS="+plugins, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := install.CombinedOutput()
	if got := install.ProcessState.ExitCode(); got != exit {
		t.Errorf("got exit code %d, %v: %s; want %d", got, err, out, exit)
	}
	return string(out)
}

// fakeGo is a go that builds an empty file, since a build for each system takes a minute. Anything else it
// leaves to the real one, whose telemetry writes to the home directory after it has ended: not to a test's.
func fakeGo(t *testing.T) string {
	t.Helper()
	realGo, err := exec.LookPath("go")
	check.MustNoError(t, "exec.LookPath", err)
	return fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = build ]; then shift 6; : >\"$1\"; else HOME=%q exec %q \"$@\"; fi\n", os.Getenv("HOME"), realGo)
}
