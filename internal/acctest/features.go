// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
)

// Feature is something that not every CLI has, with the versions that brought it. A version is ""
// if the CLI lacks the feature.
type Feature struct {
	Name                string
	Terraform, OpenTofu string
}

// The features that tests need.
var (
	EphemeralResources = newFeature("ephemeral resources and variables", "1.10", "1.11")
	WriteOnly          = newFeature("write-only arguments", "1.11", "1.11")
	Functions          = newFeature("functions of providers", "1.8", "1.7")
	MocksAndFunctions  = newFeature("mock_provider and functions of providers", "1.8", "1.8")
	FunctionsInMocks   = newFeature("functions in mocks", "1.15", "")
	// EphemeralChecks is for show -json, which crashes in Terraform 1.10 to 1.14.
	EphemeralChecks = newFeature("conditions of ephemeral resources in the JSON of plans", "1.15", "1.11")
	EphemeralMocks  = newFeature("mocks of ephemeral resources", "1.17", "")
	LazyAnd         = newFeature("an && that skips its right side if the left is false", "1.14", "1.10")
	MockFiles       = newFeature("mock_provider that reads files", "1.8", "")
	ProviderForEach = newFeature("for_each in provider blocks", "", "1.9")
	LifecycleSwitch = newFeature("enabled in lifecycle blocks", "", "1.11")
	StateEncryption = newFeature("encryption of state and plans", "", "1.7")
	OCIMirror       = newFeature("oci_mirror", "", "1.10")
	CompletePlan    = newFeature("plans that say whether they are complete", "1.8", "")
	Actions         = newFeature("actions", "1.14", "")
	StoreOfData     = newFeature("store blocks of terraform_data", "1.16", "")
)

// Features lists every feature. Each came with a supported version, or with one older than all of them.
var Features []Feature

// newFeature returns a feature, and adds it to Features.
func newFeature(name, terraform, openTofu string) Feature {
	feature := Feature{name, terraform, openTofu}
	Features = append(Features, feature)
	return feature
}

// cliVersion returns the version of the CLI and whether it is OpenTofu, from the first
// line of its version command: "Terraform v1.11.4".
var cliVersion = sync.OnceValues(func() (v *version.Version, isTofu bool) {
	out, err := exec.CommandContext(context.Background(), CLI, "version").Output() //nolint:gosec // the CLI that TF_ACC_TERRAFORM_PATH names
	if err != nil {
		return nil, false
	}
	line, _, _ := strings.Cut(string(out), "\n")
	name, number, _ := strings.Cut(strings.TrimSpace(line), " v")
	v, err = version.NewVersion(number)
	if err != nil {
		return nil, false
	}
	return v, name == "OpenTofu"
})

// IsOpenTofu reports whether the CLI is OpenTofu.
func IsOpenTofu() bool {
	_, isTofu := cliVersion()
	return isTofu
}

// Supports reports whether the CLI has a feature, and if not, the reason. Every CLI has the
// zero Feature.
func Supports(t testing.TB, f Feature) (supported bool, reason string) {
	t.Helper()
	if f == (Feature{}) {
		return true, ""
	}
	v, isTofu := cliVersion()
	if v == nil {
		t.Fatalf("%s: got no version, want one", CLI)
	}
	needed, name := f.Terraform, "Terraform"
	if isTofu {
		needed, name = f.OpenTofu, "OpenTofu"
	}
	if needed == "" {
		return false, name + " has no " + f.Name
	}
	if v.Core().LessThan(version.Must(version.NewVersion(needed))) {
		return false, fmt.Sprintf("%s has %s from %s on, and this is %s", name, f.Name, needed, v)
	}
	return true, ""
}

// SkipUnlessSupported skips a test if acceptance tests do not run or the CLI lacks the feature.
func SkipUnlessSupported(t testing.TB, f Feature) {
	t.Helper()
	SkipUnlessAcc(t)
	if supported, reason := Supports(t, f); !supported {
		t.Skip(reason)
	}
}
