// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
)

// standIns maps each stand-in for another provider to the function that builds it once for all
// tests of a package, since each build takes seconds.
var standIns sync.Map

// AddProvider lets the CLI find the stand-in for another provider.
func (w *Workspace) AddProvider(name string) {
	w.t.Helper()
	found, _ := standIns.LoadOrStore(name, sync.OnceValues(func() (string, error) { return buildStandIn(name) }))
	build, _ := found.(func() (string, error))
	dir, err := build()
	if err != nil {
		w.t.Fatalf("the stand-in for the provider %s: got %v, want no error", name, err)
	}
	w.Change("cli.tfrc", "dev_overrides {\n", fmt.Sprintf("dev_overrides {\n    \"hashicorp/%s\" = %q\n", name, filepath.ToSlash(dir)))
}

func buildStandIn(name string) (dir string, err error) {
	root, err := programs.Root()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(ProviderDir, name)
	program := filepath.Join(dir, "terraform-provider-"+name)
	build := exec.CommandContext(context.Background(), "go", "build", "-o", program, ".") //nolint:gosec // the name is a constant of a test
	build.Dir = filepath.Join(root, "internal", "acctest", "testdata", name)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
}
