// SPDX-License-Identifier: MPL-2.0

package release

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// signer has a key of its own, of the kind that a release is signed with.
type signer struct{ home string }

func newSigner(t *testing.T) signer {
	t.Helper()
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("gpg is not on PATH")
	}
	home, err := os.MkdirTemp("", "gpg") //nolint:usetesting // t.TempDir is too long a path for a socket
	check.MustNoError(t, "os.MkdirTemp", err)
	s := signer{home}
	t.Cleanup(func() {
		_ = exec.CommandContext(context.WithoutCancel(t.Context()), "gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	s.gpg(t, nil, "--passphrase", "", "--quick-generate-key", "Test <test@example.com>", "rsa3072", "sign", "never")
	return s
}

func (s signer) gpg(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), "gpg", append([]string{"--homedir", s.home, "--batch", "--quiet"}, args...)...)
	command.Stdin = bytes.NewReader(in)
	var printed bytes.Buffer
	command.Stderr = &printed
	out, err := command.Output()
	if err != nil {
		t.Fatalf("gpg %v: got %v, want no error:\n%s", args, err, &printed)
	}
	return out
}

// keyID returns the id of the key, as registries publish it.
func (s signer) keyID(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(string(s.gpg(t, nil, "--with-colons", "--list-keys"))) {
		if fields := strings.Split(line, ":"); fields[0] == "pub" {
			return fields[4]
		}
	}
	t.Fatal("gpg --list-keys: got no key, want one")
	return ""
}

// registry serves the snapshot over the provider registry protocol. Files in
// changed replace the files of the snapshot.
type registry struct {
	dir, version string
	changed      map[string][]byte
	signature    []byte
	key, keyID   string
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	dir, version := dist(t)
	s := newSigner(t)
	return &registry{
		dir: dir, version: version, changed: map[string][]byte{},
		signature: s.gpg(t, read(t, dir, sumsName(version)), "--detach-sign"),
		key:       string(s.gpg(t, nil, "--armor", "--export")),
		keyID:     s.keyID(t),
	}
}

func sumsName(version string) string { return project + "_" + version + "_SHA256SUMS" }

// start returns the host of a running registry, and a file with the certificate
// to trust.
func (r *registry) start(t *testing.T) (host, certificate string) {
	t.Helper()
	sums := checksums(t, r.dir, r.version)
	mux := http.NewServeMux()
	reply := func(pattern string, value func(*http.Request) any) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			check.NoError(t, "sending a reply", json.NewEncoder(w).Encode(value(request)))
		})
	}
	reply("GET /.well-known/terraform.json", func(*http.Request) any {
		return map[string]any{"providers.v1": "/providers/"}
	})
	reply("GET /providers/juspay/juspay/versions", func(*http.Request) any {
		var offered []map[string]string
		for _, platform := range platforms {
			system, architecture, _ := strings.Cut(platform, "_")
			offered = append(offered, map[string]string{"os": system, "arch": architecture})
		}
		return map[string]any{"versions": []any{map[string]any{"version": r.version, "protocols": []string{"6.0"}, "platforms": offered}}}
	})
	reply("GET /providers/juspay/juspay/{version}/download/{os}/{arch}", func(request *http.Request) any {
		archive := archiveName(r.version, request.PathValue("os")+"_"+request.PathValue("arch"))
		return map[string]any{
			"protocols": []string{"6.0"}, "os": request.PathValue("os"), "arch": request.PathValue("arch"),
			"filename": archive, "shasum": sums[archive], "download_url": "/files/" + archive,
			"shasums_url": "/files/" + sumsName(r.version), "shasums_signature_url": "/files/" + sumsName(r.version) + ".sig",
			"signing_keys": map[string]any{"gpg_public_keys": []any{map[string]string{"key_id": r.keyID, "ascii_armor": r.key}}},
		}
	})
	mux.HandleFunc("GET /files/{name}", func(w http.ResponseWriter, request *http.Request) {
		name := request.PathValue("name")
		content, changed := r.changed[name]
		switch {
		case changed:
		case strings.HasSuffix(name, ".sig"):
			content = r.signature
		default:
			content = read(t, r.dir, name)
		}
		if _, err := w.Write(content); err != nil {
			t.Log(err) // the CLI may close the connection
		}
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return strings.TrimPrefix(server.URL, "https://"), write(t, t.TempDir(), "ca.pem", string(block))
}

// installer returns a directory with a configuration that requires the snapshot from
// the registry, and runs the CLI there.
func (r *registry) installer(t *testing.T) (dir string, run func(args ...string) (string, error)) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE is for Linux")
	}
	host, certificate := r.start(t)
	return newInstaller(t, host+"/juspay/juspay", r.version, "direct {}", "", "SSL_CERT_FILE="+certificate, "NO_PROXY=127.0.0.1")
}

func TestSnapshotRegistry_Installs(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	dir, run := r.installer(t)
	for _, args := range [][]string{
		{"init", "-no-color", "-input=false"},
		{"providers", "lock", "-no-color", "-platform=linux_amd64", "-platform=darwin_arm64", "-platform=windows_amd64"},
		{"providers", "mirror", "-no-color", "-platform=linux_arm64", "mirror"},
	} {
		if printed, err := run(args...); err != nil {
			t.Fatalf("%v: got %v, want no error:\n%s", args, err, printed)
		}
	}
	lock := string(read(t, dir, ".terraform.lock.hcl"))
	if n, want := strings.Count(lock, `"zh:`), len(platforms)+len(policyArchives(r.version))+1; n != want {
		t.Errorf("checksums of files in the lock file: got %d, want %d: the archives, the policies and the manifest", n, want)
	}
	archives, err := filepath.Glob(filepath.Join(dir, "mirror", "*", "juspay", "juspay", "*.zip"))
	check.MustNoError(t, "filepath.Glob", err)
	if len(archives) != 1 {
		t.Errorf("the mirror: got the archives %v, want one", archives)
	}
}

func TestSnapshotRegistry_ChangedFilesAreRejected(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	for name, test := range map[string]struct{ file, want string }{
		"an archive":    {archiveName(r.version, thisPlatform), "checksum"},
		"the checksums": {sumsName(r.version), "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := *r
			changed.changed = map[string][]byte{test.file: append(read(t, r.dir, test.file), '\n')}
			_, run := changed.installer(t)
			printed, err := run("init", "-no-color", "-input=false")
			if err == nil {
				t.Errorf("got an installation, want an error:\n%s", printed)
			}
			if !strings.Contains(printed, test.want) {
				t.Errorf("init: got the output\n%s\nwant %q in it", printed, test.want)
			}
		})
	}
}
