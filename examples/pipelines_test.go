// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pipelineStep is one shell command of a job, and whether it holds the API key.
type pipelineStep struct {
	command string
	hasKey  bool
}

// decodeYAML decodes a file with the CLI, which has a parser of YAML.
func decodeYAML(t *testing.T, name string, value any) {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	console := exec.CommandContext(t.Context(), acctest.CLI, "-chdir="+t.TempDir(), "console")
	console.Stdin = strings.NewReader(`base64encode(jsonencode(yamldecode(file("` + filepath.ToSlash(path) + `"))))`)
	printed, err := console.Output()
	if err != nil {
		t.Fatal(err)
	}
	var encoded []byte // a string of JSON in base64
	if err := json.Unmarshal(printed, &encoded); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, value); err != nil {
		t.Fatal(err)
	}
}

// githubSteps returns the commands of the jobs, in the order in which they run.
func githubSteps(t *testing.T) []pipelineStep {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct {
			Needs       string
			Environment string
			Env         map[string]string
			Steps       []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}
	decodeYAML(t, "pipelines/github-actions.yml", &workflow)
	if jobs := slices.Sorted(maps.Keys(workflow.Jobs)); !slices.Equal(jobs, []string{"apply", "plan"}) {
		t.Fatalf("the jobs are %v", jobs)
	}
	if apply := workflow.Jobs["apply"]; apply.Needs != "plan" || apply.Environment != "production" {
		t.Errorf("apply needs %q in the environment %q", apply.Needs, apply.Environment)
	}
	var steps []pipelineStep
	for _, name := range []string{"plan", "apply"} {
		if env := workflow.Jobs[name].Env; len(env) != 0 {
			t.Errorf("the whole job %s has %v", name, env)
		}
		for _, step := range workflow.Jobs[name].Steps {
			if step.Run != "" && step.Name != "Install OPA" { // make tools has built it
				steps = append(steps, pipelineStep{step.Run, step.Env["JUSPAY_API_KEY"] == "${{ secrets.JUSPAY_API_KEY }}"})
			}
		}
	}
	return steps
}

// gitlabSteps returns the commands of the jobs, in the order in which they run. The
// job that plans has the environment to which the API key is limited.
func gitlabSteps(t *testing.T) []pipelineStep {
	t.Helper()
	type job struct {
		Stage, When string
		Needs       []string
		Environment struct{ Name string }
		Script      []string
	}
	var pipeline struct {
		Stages      []string
		Default     map[string]any
		Plan, Apply job
	}
	decodeYAML(t, "pipelines/gitlab-ci.yml", &pipeline)
	if !slices.Equal(pipeline.Stages, []string{"plan", "apply"}) || pipeline.Plan.Stage != "plan" || pipeline.Apply.Stage != "apply" {
		t.Errorf("the stages are %v, of the jobs %q and %q", pipeline.Stages, pipeline.Plan.Stage, pipeline.Apply.Stage)
	}
	if apply := pipeline.Apply; apply.When != "manual" || !slices.Equal(apply.Needs, []string{"plan"}) || apply.Environment.Name == pipeline.Plan.Environment.Name {
		t.Errorf("apply is %+v", apply)
	}
	if keys := slices.Sorted(maps.Keys(pipeline.Default)); !slices.Equal(keys, []string{"before_script", "image"}) {
		t.Errorf("default has %v", keys) // GitLab rejects most others there
	}
	var steps []pipelineStep
	for _, command := range pipeline.Plan.Script {
		steps = append(steps, pipelineStep{command, true})
	}
	for _, command := range pipeline.Apply.Script {
		steps = append(steps, pipelineStep{command, false})
	}
	return steps
}

// pipelineRunner returns a workspace as a pipeline has it, and runs a step there.
func pipelineRunner(t *testing.T, server *juspaytest.Server) (w *acctest.Workspace, run func(pipelineStep) (int, string)) {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	home, programs := t.TempDir(), t.TempDir()
	if err := os.Symlink(acctest.CLI, filepath.Join(programs, "terraform")); err != nil {
		t.Fatal(err)
	}
	path := []string{programs, filepath.Dir(policyTool(t, "opa")), os.Getenv("PATH")}
	env := []string{"HOME=" + home, "TERRAFORM=terraform", "PATH=" + strings.Join(path, string(os.PathListSeparator))}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	w, _ = newGate(t, server, os.DirFS("pipelines"), env...)
	w.Write("cli.tfrc", "") // without the override that other tests use
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(repository, filepath.Join(w.Dir, ".juspay")); err != nil {
		t.Fatal(err)
	}
	return w, func(step pipelineStep) (int, string) {
		args := []string{"bash", "-eo", "pipefail", "-c", step.command}
		if !step.hasKey {
			args = append([]string{"-u", "JUSPAY_API_KEY"}, args...)
		}
		return w.TryRunProgram(t.Context(), "/usr/bin/env", args...)
	}
}

// TestAccPipelines runs the steps of each pipeline until one fails.
func TestAccPipelines(t *testing.T) {
	t.Parallel()
	needShell(t)
	for name, steps := range map[string]func(*testing.T) []pipelineStep{"GitHub Actions": githubSteps, "GitLab": gitlabSteps} {
		for status, wantFailed := range map[string]string{"ACTIVE": "", "FAILURE": "sh policies/gate.sh"} {
			t.Run(name+" with an account in "+status, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Put(acmeWith(status).With("last_validated", time.Now().UTC().Format(time.RFC3339)))
				w, run := pipelineRunner(t, server)
				failed := ""
				for _, step := range steps(t) {
					if code, printed := run(step); code != 0 {
						failed = step.command
						t.Logf("exit code %d:\n%s", code, printed)
						break
					}
				}
				if failed != wantFailed {
					t.Errorf("the step that failed is %q, want %q", failed, wantFailed)
				}
				checkPaid(t, w, status == "ACTIVE")
				checkRequests(t, server, 1) // of the plan, and none of the apply
				if status == "ACTIVE" {
					acctest.CheckLacks(t, "the artifact", w.Unzip("gate.plan"), juspaytest.APIKey, juspaytest.VPA)
				}
			})
		}
	}
}
