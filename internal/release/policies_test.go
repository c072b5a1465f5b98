// SPDX-License-Identifier: MPL-2.0

package release

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// policyArchives are the archives with the policies.
func policyArchives(version string) []string {
	return []string{"juspay_policies_" + version + ".tar.gz", "policies_" + version + ".tar.gz"}
}

// untar returns the files of an archive by name.
func untar(t *testing.T, archive string) map[string]string {
	t.Helper()
	file, err := os.Open(archive) //nolint:gosec // a file of the release
	check.MustNoError(t, "os.Open", err)
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	check.MustNoError(t, "gzip.NewReader", err)
	files := map[string]string{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		check.MustNoError(t, "reader.Next", err)
		content, err := io.ReadAll(reader)
		check.MustNoError(t, "io.ReadAll", err)
		files[header.Name] = string(content)
	}
}

func manifest(version string) string {
	return `{"revision": "` + version + `", "roots": ["juspay_policy"]}` + "\n"
}

func TestPolicies_ManifestNamesTheVersion(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell")
	}
	script, err := filepath.Abs(root + "/tools/policy-manifest.sh")
	check.MustNoError(t, "filepath.Abs", err)
	for version, want := range map[string]string{"1.2.3": manifest("1.2.3"), "": ""} {
		t.Run("version "+version, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			command := exec.CommandContext(t.Context(), "sh", script, version)
			command.Dir = dir
			if out, err := command.CombinedOutput(); (err == nil) != (want != "") {
				t.Fatalf("got %v, want success: %t\n%s", err, want != "", out)
			}
			if want == "" {
				return
			}
			if got := string(read(t, dir, "bin/policies/.manifest")); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestSnapshot_Policies compares the archive that users copy with the repository.
func TestSnapshot_Policies(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	want := map[string]string{"policies/.manifest": manifest(version), "policies/LICENSE": string(read(t, root, "LICENSE"))}
	for name := range strings.Lines(git(t, "-C", root, "ls-files", "examples/policies") + "\n") {
		name = strings.TrimSpace(name)
		want[strings.TrimPrefix(name, "examples/")] = string(read(t, root, name))
	}
	check.Equal(t, "the files", untar(t, filepath.Join(dir, "policies_"+version+".tar.gz")), want)
}

// TestSnapshot_PoliciesAreCopiedFromTheRelease runs the commands of the guide, with a
// curl that copies from the snapshot.
func TestSnapshot_PoliciesAreCopiedFromTheRelease(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	script := strings.Replace(string(read(t, root, "examples/install/policies.sh")), "version=0.1.0\n", "version="+version+"\n", 1)
	release := "https://github.com/juspay/terraform-provider-juspay/releases/download/v" + version + "/"
	for name, test := range map[string]struct{ curl, want string }{
		"as released": {"", "policies_" + version + ".tar.gz: OK\nJuspay policies " + version + "\n"},
		"changed":     {`echo >>"policies_` + version + `.tar.gz"`, "policies_" + version + ".tar.gz: FAILED\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			workspace, programs := t.TempDir(), t.TempDir()
			curl := "#!/bin/sh\nfor argument; do case $argument in " + release + "*) cp \"" + dir + "/${argument##*/}\" . ;; esac; done\n" + test.curl + "\n"
			check.MustNoError(t, "os.Chmod", os.Chmod(write(t, programs, "curl", curl), 0o700)) //nolint:gosec // it is run
			command := exec.CommandContext(t.Context(), "sh", "-c", script)
			command.Dir = workspace
			command.Env = append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
			printed, err := command.Output()
			if failed := name == "changed"; string(printed) != test.want || (err != nil) != failed {
				t.Errorf("got the output %q, %v; want %q", printed, err, test.want)
			}
		})
	}
}

// TestSnapshot_PolicyBundle loads the bundle into OPA, with the settings as data.
func TestSnapshot_PolicyBundle(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	opa, err := programs.Path("opa")
	check.MustNoError(t, "programs.Path", err)
	bundle := filepath.Join(dir, "juspay_policies_"+version+".tar.gz")
	want := map[string]string{".manifest": manifest(version), "juspay.rego": string(read(t, root, "examples/policies/juspay.rego"))}
	check.Equal(t, "the files", untar(t, bundle), want)
	evaluate := func(query string, flags ...string) string {
		t.Helper()
		args := append([]string{"eval", "--format", "raw", "--bundle", bundle, "--stdin-input"}, flags...)
		command := exec.CommandContext(t.Context(), opa, append(args, query)...)
		command.Stdin = strings.NewReader("{}")
		out, err := command.Output()
		check.MustNoError(t, "command.Output", err)
		return strings.TrimSpace(string(out))
	}
	const unset = `count([message | message := data.juspay_policy.deny[_]; contains(message, " is not set. ")])`
	if got := evaluate(unset); got == "0" {
		t.Error("without settings: got 0 denials that say that one is not set, want some")
	}
	settings := []string{"--data", root + "/examples/policies/settings.json"}
	if got := evaluate(unset, settings...); got != "0" {
		t.Errorf("the denials which say that a setting is not set, with settings: got %s, want 0", got)
	}
	if got := evaluate("data.juspay_policy.allow", settings...); got != "" {
		t.Errorf("allow for an empty plan: got %q, want undefined", got)
	}
}

func TestPolicies_ArchivesAreReleased(t *testing.T) {
	t.Parallel()
	configuration := string(read(t, root, ".goreleaser.yml"))
	for _, archive := range policyArchives("{{ .Version }}") {
		if template := `name_template: "` + strings.TrimSuffix(archive, ".tar.gz") + `"`; !strings.Contains(configuration, template) {
			t.Errorf(".goreleaser.yml: got no archive %s, want one", archive)
		}
	}
	if checked := "\n  ids: [provider, policies, bundle] #"; !strings.Contains(configuration, checked) {
		t.Errorf(".goreleaser.yml: got checksums, which are signed, without %q, want it there", checked)
	}
}
