// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/tfcli"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// buildMeasured builds the stand-in for the provider that writes down the
// provider's process id and memory.
var buildMeasured = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(acctest.ProviderDir, "measured")
	return dir, tfcli.BuildAs(context.Background(), "./testdata/measured", dir)
})

// newMeasuredWorkspace is a newWorkspace whose provider is measured.
func newMeasuredWorkspace(t *testing.T, server *juspaytest.Server, configuration fs.FS, env ...string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	dir, err := buildMeasured()
	if err != nil {
		t.Fatal(err)
	}
	env = append([]string{"MEASURED_PROVIDER=" + filepath.Join(acctest.ProviderDir, tfcli.ProviderName())}, env...)
	return acctest.NewWorkspaceWith(t, acctest.CLI, dir, server, configuration, env...)
}

// providerNumber reads what the stand-in wrote.
func providerNumber(t *testing.T, w *acctest.Workspace, what string) int {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(w.Dir), "provider."+what)
	if err != nil {
		t.Error(err)
		return 0
	}
	number, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Error(err)
	}
	return number
}
