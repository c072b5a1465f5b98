// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"archive/zip"
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// TestAccOCIMirror pushes the provider as the page says, and installs it from there.
func TestAccOCIMirror(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.OCIMirror)
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE is for Linux")
	}
	oci := httptest.NewTLSServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(oci.Close)
	host, certificate := strings.TrimPrefix(oci.URL, "https://"), filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: oci.Certificate().Raw})
	check.MustNoError(t, "os.WriteFile", os.WriteFile(certificate, block, 0o600))
	oras, err := programs.Path("oras")
	check.MustNoError(t, "programs.Path", err)

	archive := filepath.Join(t.TempDir(), "terraform-provider-juspay_0.1.0_linux_"+runtime.GOARCH+".zip")
	zipProvider(t, archive)
	push := exec.CommandContext(t.Context(), "sh", "examples/oci-mirror/push.sh", host+"/opentofu/juspay/juspay", "0.1.0", archive)
	push.Env = append(os.Environ(), "PATH="+filepath.Dir(oras)+string(os.PathListSeparator)+os.Getenv("PATH"), "SSL_CERT_FILE="+certificate)
	if out, err := push.CombinedOutput(); err != nil {
		t.Fatalf("push.sh: got %v, want no error:\n%s", err, out)
	}

	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.ReadFile(t, "examples/provider/provider.tf")), "SSL_CERT_FILE="+certificate)
	w.PointAt(server)
	w.Write("cli.tfrc", strings.ReplaceAll(acctest.ReadFile(t, "examples/oci-mirror/cli.tofurc"), "registry.example.com", host))
	check.Contains(t, "the output of init", w.Run(0, "init", "-no-color"), "Installed juspay/juspay v0.1.0")
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)
}

// zipProvider writes an archive of the provider, as a release has it.
func zipProvider(t *testing.T, name string) {
	t.Helper()
	program, err := os.ReadFile(filepath.Join(acctest.ProviderDir, tfcli.ProviderName()))
	check.MustNoError(t, "os.ReadFile", err)
	file, err := os.Create(name)
	check.MustNoError(t, "os.Create", err)
	archive := zip.NewWriter(file)
	header := &zip.FileHeader{Name: "terraform-provider-juspay_v0.1.0", Method: zip.Deflate}
	header.SetMode(0o755)
	writer, err := archive.CreateHeader(header)
	check.MustNoError(t, "archive.CreateHeader", err)
	_, err = writer.Write(program)
	check.MustNoError(t, "writer.Write", err)
	check.MustNoError(t, "archive.Close", archive.Close())
	check.MustNoError(t, "file.Close", file.Close())
}
