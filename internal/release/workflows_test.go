// SPDX-License-Identifier: MPL-2.0

package release

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// workflows are the sources of the workflows, by file name.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	names, err := fs.Glob(os.DirFS(root+"/.github/workflows"), "*.yml")
	if err != nil || len(names) < 4 {
		t.Fatalf("the workflows: got %v, %v; want at least 4", names, err)
	}
	for _, name := range names {
		found[name] = string(read(t, root+"/.github/workflows", name))
	}
	return found
}

func TestWorkflows_PinActions(t *testing.T) {
	t.Parallel()
	pinnedRE := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40} # v[0-9.]+$`)
	for name, source := range workflows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, uses := range regexp.MustCompile(`uses: (.*)`).FindAllStringSubmatch(source, -1) {
				if !pinnedRE.MatchString(uses[1]) {
					t.Errorf("got the action %s, want one that is pinned by a hash", uses[1])
				}
			}
			for setup, off := range map[string]string{"hashicorp/setup-terraform@": "terraform_wrapper: false", "opentofu/setup-opentofu@": "tofu_wrapper: false"} {
				check.Equal(t, "the number of steps with "+off, strings.Count(source, off), strings.Count(source, setup))
			}
		})
	}
}

func TestWorkflows_OnlyTheReleaseMayWrite(t *testing.T) {
	t.Parallel()
	for name, source := range workflows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(source, "\npermissions:\n  contents: read\n") {
				t.Error("got other permissions at its beginning, want read access alone")
			}
			var got []string
			for _, match := range regexp.MustCompile(`([\w-]+): write\b`).FindAllStringSubmatch(source, -1) {
				got = append(got, match[1])
			}
			check.Equal(t, "what it may write", got, map[string][]string{"release.yml": {"contents", "id-token", "attestations"}}[name])
		})
	}
}

// A target that no workflow runs may fail for long before anybody sees it. The others
// write files, are parts of make test, or take the maintainer's machine for long.
func TestWorkflows_RunEachTargetButThese(t *testing.T) {
	t.Parallel()
	byHand := []string{
		"bench", "clis", "cover", "demo", "docs", "flakes", "fmt", "help", "mock", "picture", "places", "save-plans", "test-clis", "testacc", "tools",
	}
	run := map[string]bool{}
	for _, source := range workflows(t) {
		for _, command := range regexp.MustCompile(`\bmake ([a-z-]+)`).FindAllStringSubmatch(source, -1) {
			run[command[1]] = true
		}
		for _, matrix := range regexp.MustCompile(`target: \[(.+)\]`).FindAllStringSubmatch(source, -1) {
			for _, target := range regexp.MustCompile(`(?:^|, )"?([a-z-]+)`).FindAllStringSubmatch(matrix[1], -1) {
				run[target[1]] = true
			}
		}
	}
	var got []string
	for _, target := range regexp.MustCompile(`(?m)^([a-z-]+):.*##`).FindAllStringSubmatch(string(read(t, root, "GNUmakefile")), -1) {
		if !run[target[1]] {
			got = append(got, target[1])
		}
	}
	slices.Sort(got)
	check.Equal(t, "the targets that no workflow runs", got, byHand)
}

func TestWorkflows_Versions(t *testing.T) {
	t.Parallel()
	var got []string
	for _, match := range regexp.MustCompile(`(?m)^        version: (.*)$`).FindAllStringSubmatch(workflows(t)["test.yml"], -1) {
		got = append(got, match[1])
	}
	want := []string{versionsInCI(t, "terraform"), versionsInCI(t, "tofu")}
	check.Equal(t, "the versions of test.yml", got, want)
}

// versionsInCI returns the versions of a program that CI tests, as a list of YAML.
func versionsInCI(t *testing.T, program string) string {
	t.Helper()
	var versions []string
	for _, cli := range acctest.SupportedCLIs(t, program) {
		versions = append(versions, strconv.Quote(cli.InCI))
	}
	return "[" + strings.Join(versions, ", ") + "]"
}

// Each release runs the commands of SECURITY.md first.
func TestWorkflows_SmokeTestRunsTheCommandsOfSecurityMD(t *testing.T) {
	t.Parallel()
	_, commands, _ := strings.Cut(string(read(t, root, "SECURITY.md")), "```sh\nversion=\"1.2.3\"\n")
	commands, _, found := strings.Cut(commands, "```")
	if !found {
		t.Fatal("SECURITY.md: got no commands, want some")
	}
	indented := regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSuffix(commands, "\n"), "          ")
	if !strings.Contains(workflows(t)["smoke.yml"], indented) {
		t.Errorf("smoke.yml: got other commands, want\n%s", indented)
	}
}
