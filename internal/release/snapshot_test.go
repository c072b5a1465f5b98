// SPDX-License-Identifier: MPL-2.0

// Package release tests what the release configuration builds, its workflows, and how
// users install it.
package release

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

const (
	project = "terraform-provider-juspay"
	root    = "../.." // the root of the repository
)

// platforms are those that a registry offers.
var platforms = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64", "linux_s390x",
	"windows_386", "windows_amd64", "windows_arm64",
}

// maxBinarySize is the maximum size of the binary in bytes: hashicorp/http 3.6, a provider of this kind, has it.
const maxBinarySize = 18_900_000

// dist is the directory with the release, and the release's version.
func dist(t *testing.T) (dir, version string) {
	t.Helper()
	dir = os.Getenv("RELEASE_DIST")
	if dir == "" {
		t.Skip("make snapshot builds what this tests, and sets RELEASE_DIST")
	}
	var metadata struct{ Version string }
	if err := json.Unmarshal(read(t, dir, "metadata.json"), &metadata); err != nil || metadata.Version == "" {
		t.Fatalf("metadata.json: got %+v, %v; want a version", metadata, err)
	}
	return dir, metadata.Version
}

var thisPlatform = runtime.GOOS + "_" + runtime.GOARCH

func archiveName(version, platform string) string {
	return fmt.Sprintf("%s_%s_%s.zip", project, version, platform)
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(dir), name)
	check.MustNoError(t, "fs.ReadFile", err)
	return content
}

// checksums are the lines of the checksum file, by file name.
func checksums(t *testing.T, dir, version string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(string(read(t, dir, sumsName(version)))) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			t.Fatalf("the checksums: got the line %q, want one of two fields", line)
		}
		sums[fields[1]] = fields[0]
	}
	return sums
}

func TestSnapshot_Archives(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	sums := checksums(t, dir, version)
	registryManifest := project + "_" + version + "_manifest.json"
	want := append(policyArchives(version), registryManifest)
	for _, platform := range platforms {
		archive := archiveName(version, platform)
		want = append(want, archive)
		binary := project + "_v" + version
		if strings.HasPrefix(platform, "windows") {
			binary += ".exe"
		}
		reader, err := zip.OpenReader(filepath.Join(dir, archive))
		if err != nil {
			t.Errorf("%s: got %v, want an archive", archive, err)
			continue
		}
		var names []string
		for _, file := range reader.File {
			names = append(names, file.Name)
		}
		_ = reader.Close()
		slices.Sort(names)
		check.Equal(t, "the files of "+archive, names, []string{"LICENSE", binary})
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, want) {
		t.Errorf("the files with checksums: got\n%v, want\n%v", got, want)
	}
	for name, sum := range sums {
		directory, file := dir, name
		if name == registryManifest {
			directory, file = root, "terraform-registry-manifest.json"
		}
		actual := sha256.Sum256(read(t, directory, file))
		check.Equal(t, "the checksum of "+name, sum, hex.EncodeToString(actual[:]))
	}
	var protocols struct {
		Metadata struct {
			Versions []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(read(t, root, "terraform-registry-manifest.json"), &protocols))
	check.Equal(t, "the versions of the protocol in the manifest", protocols.Metadata.Versions, []string{"6.0"})
}

func TestSnapshot_SBOM(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	var sbom struct{ Packages []struct{ Name string } }
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(read(t, dir, archiveName(version, "linux_amd64")+".sbom.json"), &sbom))
	var names []string
	for _, p := range sbom.Packages {
		names = append(names, p.Name)
	}
	for _, name := range []string{"github.com/hashicorp/terraform-plugin-framework", "github.com/hashicorp/terraform-plugin-go", "stdlib"} {
		if !slices.Contains(names, name) {
			t.Errorf("the SBOM: got %d packages without %s, want it there", len(names), name)
		}
	}
}

// TestSnapshot_SizeAndStart checks the size, and prints it and how long the
// provider takes until it can be talked to.
func TestSnapshot_SizeAndStart(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	binary := filepath.Join(t.TempDir(), project)
	size := unpack(t, filepath.Join(dir, archiveName(version, thisPlatform)), binary)
	t.Logf("the binary has %.1f MB", float64(size)/1e6)
	if size > maxBinarySize {
		t.Errorf("the binary: got %.1f MB, want at most %.1f MB", float64(size)/1e6, float64(maxBinarySize)/1e6)
	}
	var times []time.Duration
	for range 9 {
		times = append(times, timeToHandshake(t, binary))
	}
	slices.Sort(times)
	t.Logf("it can be talked to after %s (median of %d starts)", times[len(times)/2].Round(time.Millisecond), len(times))
}

// unpack writes the binary of an archive, and returns its size.
func unpack(t *testing.T, archive, binary string) (size int) {
	t.Helper()
	reader, err := zip.OpenReader(archive)
	check.MustNoError(t, "zip.OpenReader", err)
	defer func() { _ = reader.Close() }()
	names, err := fs.Glob(reader, project+"*")
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: got the binaries %q, %v; want one", archive, names, err)
	}
	content, err := fs.ReadFile(reader, names[0])
	check.MustNoError(t, "fs.ReadFile", err)
	check.MustNoError(t, "os.WriteFile", os.WriteFile(binary, content, 0o700))
	return len(content)
}

// timeToHandshake starts the provider as a CLI does, until it says where it
// listens.
func timeToHandshake(t *testing.T, binary string) time.Duration {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	command := exec.CommandContext(ctx, binary)
	command.Env = append(os.Environ(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6")
	stdout, err := command.StdoutPipe()
	check.MustNoError(t, "command.StdoutPipe", err)
	begun := time.Now()
	check.MustNoError(t, "command.Start", command.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	took := time.Since(begun)
	stop()
	_ = command.Wait()
	if err != nil || !regexp.MustCompile(`^1\|6\|`).MatchString(line) {
		t.Fatalf("the first line: got %q, %v; want the beginning 1|6|", line, err)
	}
	return took
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", args...).Output()
	if err != nil {
		t.Fatalf("git %v: got %v, want no error", args, err)
	}
	return strings.TrimSpace(string(out))
}

// TestSnapshot_Reproducible builds the same commit once more, in another directory,
// and compares each archive.
func TestSnapshot_Reproducible(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	if changes := git(t, "status", "--porcelain"); changes != "" {
		t.Fatalf("got changes, want none, since only a commit can be built twice:\n%s", changes)
	}
	clone := filepath.Join(t.TempDir(), "another", "directory")
	git(t, "clone", "--quiet", root, clone)
	again := exec.CommandContext(t.Context(), os.Getenv("GORELEASER"), "release", "--snapshot", "--clean", "--skip=sign,sbom")
	again.Dir = clone
	dates := []string{"COMMIT_DATE=" + git(t, "log", "-1", "--format=%cI"), "SOURCE_DATE_EPOCH=" + git(t, "log", "-1", "--format=%ct")}
	again.Env = append(os.Environ(), dates...)
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("goreleaser: got %v, want no error:\n%s", err, out)
	}
	first, second := checksums(t, dir, version), checksums(t, filepath.Join(clone, "dist"), version)
	if want := len(platforms) + len(policyArchives(version)) + 1; len(second) != want {
		t.Errorf("got %d checksums, want %d", len(second), want)
	}
	for name, sum := range second {
		check.Equal(t, "the checksum of the second "+name, sum, first[name])
	}
}
