// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"slices"
	"testing"

	"github.com/hashicorp/go-version"
)

func TestSupportedCLIs_AreOldestFirst(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"terraform", "tofu"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			var versions []*version.Version
			for _, cli := range SupportedCLIs(t, program) {
				versions = append(versions, version.Must(version.NewVersion(cli.Version)))
			}
			if !slices.IsSortedFunc(versions, (*version.Version).Compare) {
				t.Errorf("got %v, want the oldest first", versions)
			}
		})
	}
}

// TestFeatures_BeginWithASupportedCLI checks that the first version of each feature is a supported one, so
// that runs of all CLIs show where it begins.
func TestFeatures_BeginWithASupportedCLI(t *testing.T) {
	t.Parallel()
	for _, feature := range Features {
		for program, first := range map[string]string{"terraform": feature.Terraform, "tofu": feature.OpenTofu} {
			t.Run(feature.Name+" in "+program, func(t *testing.T) {
				t.Parallel()
				if first == "" {
					return
				}
				clis := SupportedCLIs(t, program)
				isListed := slices.ContainsFunc(clis, func(c SupportedCLI) bool { return c.Minor() == first })
				isOlder := version.Must(version.NewVersion(first)).LessThan(version.Must(version.NewVersion(clis[0].Version)))
				if !isListed && !isOlder {
					t.Errorf("got %s as the first version, want a supported one or an older one than %s", first, clis[0].Version)
				}
			})
		}
	}
}
