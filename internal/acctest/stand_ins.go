// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/tools"
)

// standIns builds each stand-in for another provider once for all tests of a package, since
// each build takes seconds.
var standIns struct {
	mu    sync.Mutex
	build map[string]func() (dir string, err error)
}

// AddProvider lets the CLI find the stand-in for another provider.
func (w *Workspace) AddProvider(name string) {
	w.t.Helper()
	dir, err := standIn(name)()
	if err != nil {
		w.t.Fatalf("the stand-in for the provider %s: got %v, want no error", name, err)
	}
	w.Change("cli.tfrc", "dev_overrides {\n", fmt.Sprintf("dev_overrides {\n    \"hashicorp/%s\" = %q\n", name, filepath.ToSlash(dir)))
}

// standIn returns the function that builds a stand-in, or returns the one that is built.
func standIn(name string) func() (dir string, err error) {
	standIns.mu.Lock()
	defer standIns.mu.Unlock()
	if standIns.build == nil {
		standIns.build = map[string]func() (string, error){}
	}
	if standIns.build[name] == nil {
		standIns.build[name] = sync.OnceValues(func() (string, error) { return buildStandIn(name) })
	}
	return standIns.build[name]
}

func buildStandIn(name string) (dir string, err error) {
	root, err := tools.Root()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(ProviderDir, name)
	build := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(dir, "terraform-provider-"+name), ".") //nolint:gosec // the package is in the repository, and its name a constant of a test
	build.Dir = filepath.Join(root, "internal", "acctest", "testdata", name)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
}
