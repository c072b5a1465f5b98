// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
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
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pipelineStep is one shell command of a job, and whether it has the API key.
type pipelineStep struct {
	command string
	hasKey  bool
}

// decodeYAML decodes a file with the CLI, which has a parser of YAML.
func decodeYAML(t *testing.T, name string, value any) {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	path, err := filepath.Abs(name)
	check.MustNoError(t, "filepath.Abs", err)
	console := exec.CommandContext(t.Context(), acctest.CLI, "-chdir="+t.TempDir(), "console")
	console.Stdin = strings.NewReader(`base64encode(jsonencode(yamldecode(file("` + filepath.ToSlash(path) + `"))))`)
	printed, err := console.Output()
	check.MustNoError(t, "console.Output", err)
	var encoded []byte // a string of JSON in base64
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(printed, &encoded))
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(encoded, value))
}

// pipelineJob has its steps in order, and may run only after an approval.
type pipelineJob struct {
	steps    []pipelineStep
	approved bool
}

// pipelines are the files of the guide: the shell in which each system runs a step, and
// what the two jobs run.
var pipelines = map[string]struct {
	file  string
	shell []string
	jobs  func(t *testing.T, file string) (plan, apply pipelineJob)
}{
	"GitHub Actions": {"examples/pipelines/github-actions.yml", []string{"bash", "-e", "-c"}, githubJobs},
	"GitLab":         {"examples/pipelines/gitlab-ci.yml", []string{"bash", "-eo", "pipefail", "-c"}, gitlabJobs},
	"Azure DevOps":   {"examples/pipelines/azure-pipelines.yml", []string{"bash", "--noprofile", "--norc", "-c"}, azureJobs},
	"Bitbucket":      {"examples/pipelines/bitbucket-pipelines.yml", []string{"bash", "-e", "-c"}, bitbucketJobs},
	"Jenkins":        {"examples/pipelines/Jenkinsfile", []string{"/bin/sh", "-xe", "-c"}, jenkinsJobs},
}

// toolStepRE matches steps and commands that install what `make tools` has built, or
// what the machine of the tests has.
var toolStepRE = regexp.MustCompile(`^(Install (Terraform|OPA)|apt-get |version=|release=|zip=|sums=|curl |sha256sum |unzip |\(cd / && go install )`)

// oneStep joins the commands of a job that one shell runs.
func oneStep(commands []string, hasKey bool) []pipelineStep {
	return []pipelineStep{{strings.Join(slices.DeleteFunc(commands, toolStepRE.MatchString), "\n"), hasKey}}
}

func githubJobs(t *testing.T, file string) (plan, apply pipelineJob) {
	t.Helper()
	var workflow struct {
		Env  map[string]string
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
	decodeYAML(t, file, &workflow)
	if jobs := slices.Sorted(maps.Keys(workflow.Jobs)); !slices.Equal(jobs, []string{"apply", "plan"}) {
		t.Fatalf("got jobs %v, want apply and plan", jobs)
	}
	checkNoWorkspace(t, workflow.Env)
	steps := func(name string) (steps []pipelineStep) {
		if env := workflow.Jobs[name].Env; len(env) != 0 {
			t.Errorf("variables of the whole job %s: got %v, want none", name, env)
		}
		for _, step := range workflow.Jobs[name].Steps {
			if step.Run != "" && !toolStepRE.MatchString(step.Name) {
				hasKey := slices.Contains(environmentsWithKey, workflow.Jobs[name].Environment) && step.Env["JUSPAY_API_KEY"] == "${{ secrets.JUSPAY_API_KEY }}"
				steps = append(steps, pipelineStep{step.Run, hasKey})
			}
		}
		return steps
	}
	approved := workflow.Jobs["apply"].Needs == "plan" && workflow.Jobs["apply"].Environment == "production"
	return pipelineJob{steps: steps("plan")}, pipelineJob{steps("apply"), approved}
}

// checkNoWorkspace checks the variables that keep a go.work of the author out of builds.
func checkNoWorkspace(t *testing.T, env map[string]string) {
	t.Helper()
	if want := map[string]string{"GOWORK": "off", "GOFLAGS": ""}; !maps.Equal(env, want) {
		t.Errorf("got variables %v, want %v", env, want)
	}
}

// environmentsWithKey are the environments of GitHub, GitLab and Bitbucket that have the API
// key, so that each can keep it from other branches.
var environmentsWithKey = []string{"juspay-plan", "production"}

func gitlabJobs(t *testing.T, file string) (plan, apply pipelineJob) {
	t.Helper()
	type job struct {
		Stage, When string
		Needs       []string
		Environment struct{ Name string }
		Script      []string
	}
	var pipeline struct {
		Workflow    struct{ Rules []map[string]string }
		Stages      []string
		Variables   map[string]string
		Default     map[string]any
		Plan, Apply job
	}
	decodeYAML(t, file, &pipeline)
	checkNoWorkspace(t, pipeline.Variables)
	rules := []map[string]string{{"if": `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"`}}
	check.Equal(t, "the rules, of which one keeps out branches that get no protected variable", pipeline.Workflow.Rules, rules)
	if !slices.Equal(pipeline.Stages, []string{"plan", "apply"}) || pipeline.Plan.Stage != "plan" || pipeline.Apply.Stage != "apply" {
		t.Errorf("got stages %v of jobs in %q and %q, want plan and apply", pipeline.Stages, pipeline.Plan.Stage, pipeline.Apply.Stage)
	}
	if keys := slices.Sorted(maps.Keys(pipeline.Default)); !slices.Equal(keys, []string{"before_script", "image"}) {
		t.Errorf("default: got %v, want before_script and image, since GitLab rejects most others there", keys)
	}
	steps := func(j job) []pipelineStep {
		before, _ := pipeline.Default["before_script"].([]any)
		var commands []string
		for _, command := range before {
			commands = append(commands, fmt.Sprint(command))
		}
		return oneStep(append(commands, j.Script...), slices.Contains(environmentsWithKey, j.Environment.Name))
	}
	approved := pipeline.Apply.When == "manual" && slices.Equal(pipeline.Apply.Needs, []string{"plan"})
	return pipelineJob{steps: steps(pipeline.Plan)}, pipelineJob{steps(pipeline.Apply), approved}
}

func azureJobs(t *testing.T, file string) (plan, apply pipelineJob) {
	t.Helper()
	type step struct {
		DisplayName, Bash string
		Env               map[string]string
	}
	var pipeline struct {
		Variables []struct{ Group, Name, Value string }
		Stages    []struct {
			Stage, DependsOn string
			Jobs             []struct {
				Environment string
				Steps       []step
				Strategy    struct {
					RunOnce struct{ Deploy struct{ Steps []step } }
				}
			}
		}
	}
	decodeYAML(t, file, &pipeline)
	variables, groups := map[string]string{}, ""
	for _, v := range pipeline.Variables {
		groups += v.Group
		if v.Name != "" {
			variables[v.Name] = v.Value
		}
	}
	checkNoWorkspace(t, variables)
	if len(pipeline.Stages) != 2 {
		t.Fatalf("got %d stages, want 2", len(pipeline.Stages))
	}
	steps := func(all []step) (steps []pipelineStep) {
		for _, step := range all {
			if step.Bash != "" && !toolStepRE.MatchString(step.DisplayName) {
				steps = append(steps, pipelineStep{step.Bash, groups == "juspay" && step.Env["JUSPAY_API_KEY"] == "$(JUSPAY_API_KEY)"})
			}
		}
		return steps
	}
	first, last := pipeline.Stages[0], pipeline.Stages[1]
	approved := last.DependsOn == "plan" && last.Jobs[0].Environment == "production"
	return pipelineJob{steps: steps(first.Jobs[0].Steps)}, pipelineJob{steps(last.Jobs[0].Strategy.RunOnce.Deploy.Steps), approved}
}

func bitbucketJobs(t *testing.T, file string) (plan, apply pipelineJob) {
	t.Helper()
	type bitbucketStep struct {
		Deployment, Trigger string
		Script              []string
	}
	var pipeline struct {
		Pipelines struct {
			Branches map[string][]struct{ Step bitbucketStep }
		}
	}
	decodeYAML(t, file, &pipeline)
	all := pipeline.Pipelines.Branches["main"]
	if len(all) != 2 {
		t.Fatalf("got %d steps, want 2", len(all))
	}
	steps := func(step bitbucketStep) []pipelineStep {
		if want := "export GOWORK=off GOFLAGS="; step.Script[0] != want {
			t.Errorf("the first command of a step: got %q, want %q", step.Script[0], want)
		}
		return oneStep(step.Script, slices.Contains(environmentsWithKey, step.Deployment))
	}
	first, last := all[0].Step, all[1].Step
	approved := last.Trigger == "manual" && last.Deployment == "production"
	return pipelineJob{steps: steps(first)}, pipelineJob{steps(last), approved}
}

// jenkinsScriptRE matches a shell script of a Jenkinsfile, and its label.
var jenkinsScriptRE = regexp.MustCompile(`(?s)sh label: '([^']*)', script: '''(.*?)'''`)

// jenkinsJobs returns the scripts of the stages. Conftest has a parser of Groovy.
func jenkinsJobs(t *testing.T, file string) (plan, apply pipelineJob) {
	t.Helper()
	checkSucceeds(t, exec.CommandContext(t.Context(), acctest.Program(t, "conftest"), "parse", "--parser", "groovy", file))
	source := acctest.ReadFile(t, file)
	check.Contains(t, "the source", source, "\n    GOWORK = 'off'\n    GOFLAGS = ''\n")
	stages := strings.Split(source, "\n    stage('")
	if len(stages) != 4 {
		t.Fatalf("got %d stages, want 3", len(stages)-1)
	}
	steps := func(stage string) (steps []pipelineStep) {
		_, withKey, _ := strings.Cut(stage, "string(credentialsId: 'juspay-api-key', variable: 'JUSPAY_API_KEY')")
		withKey, _, _ = strings.Cut(withKey, "\n        }\n")
		for _, match := range jenkinsScriptRE.FindAllStringSubmatch(stage, -1) {
			if !toolStepRE.MatchString(match[1]) {
				steps = append(steps, pipelineStep{match[2], strings.Contains(withKey, match[2])})
			}
		}
		return steps
	}
	approved := strings.HasPrefix(stages[2], "Approve'") && strings.Contains(stages[2], "input message: ") && strings.HasPrefix(stages[3], "Apply'")
	return pipelineJob{steps: steps(stages[1])}, pipelineJob{steps(stages[3]), approved}
}

// pipelineRunner is a machine that runs the jobs of a pipeline in a workspace.
type pipelineRunner struct {
	*acctest.Workspace

	t         *testing.T
	temporary string // a directory outside of the workspace
	programs  string // the first directory of PATH
	shell     []string
}

func newPipelineRunner(t *testing.T, server *juspaytest.Server, shell []string) pipelineRunner {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	r := pipelineRunner{t: t, temporary: t.TempDir(), programs: t.TempDir(), shell: shell}
	check.MustNoError(t, "os.Symlink", os.Symlink(acctest.CLI, filepath.Join(r.programs, "terraform")))
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	r.program("git", `case $1 in clone) for to; do :; done; ln -sfn "`+repository+`" "$to" ;; -C) ;; *) exit 2 ;; esac`)
	r.program("go", goThatLinksOnce(t, repository))
	path := []string{r.programs, filepath.Dir(acctest.Program(t, "opa")), os.Getenv("PATH")}
	config, err := os.UserConfigDir() // go's telemetry writes to it after go has ended
	check.MustNoError(t, "os.UserConfigDir", err)
	env := []string{"HOME=" + r.temporary, "XDG_CONFIG_HOME=" + config, "TERRAFORM=terraform", "PATH=" + strings.Join(path, string(os.PathListSeparator))}
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH"}
	printed, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output() //nolint:gosec // constant names
	check.MustNoError(t, "go env", err)
	for i, value := range strings.Split(strings.TrimSpace(string(printed)), "\n") {
		env = append(env, names[i]+"="+value)
	}
	for _, name := range []string{"RUNNER_TEMP", "AGENT_TEMPDIRECTORY", "WORKSPACE_TMP", "PIPELINE_WORKSPACE"} {
		env = append(env, name+"="+r.temporary)
	}
	staging := filepath.Join(r.temporary, "plan")
	check.MustNoError(t, "os.Mkdir", os.Mkdir(staging, 0o700))
	r.Workspace, _ = acctest.NewGate(t, server, acctest.Example(t, "pipelines"), append(env, "BUILD_ARTIFACTSTAGINGDIRECTORY="+staging)...)
	r.Write("cli.tfrc", "") // without the override that other tests use
	return r
}

// installOnce runs install.sh, and returns the program that it builds.
var installOnce = sync.OnceValues(func() (string, error) {
	plugins := filepath.Join(acctest.ProviderDir, "plugins")
	install := exec.CommandContext(context.Background(), "sh", "examples/install/install.sh", ".", "0.1.0")
	install.Env = append(os.Environ(), "PLUGINS="+plugins)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install.sh: %w\n%s", err, out)
	}
	programs, err := filepath.Glob(filepath.Join(plugins, "registry.terraform.io/juspay/juspay/0.1.0/*/*"))
	if err == nil && len(programs) != 1 {
		err = fmt.Errorf("got the programs %q, want one", programs)
	}
	return strings.Join(programs, ""), err
})

// goThatLinksOnce is a go that copies the program of installOnce where a pipeline would build the same one: from
// the repository alone, without a workspace or flags. The real go runs all other commands.
func goThatLinksOnce(t *testing.T, repository string) (script string) {
	t.Helper()
	program, err := installOnce()
	check.MustNoError(t, "installOnce", err)
	realGo, err := exec.LookPath("go")
	check.MustNoError(t, "exec.LookPath", err)
	return fmt.Sprintf(`if [ "$*" = "build -trimpath -buildvcs=false -ldflags -X main.version=0.1.0 -o $7 ." ] &&
  [ "$GOWORK $GOFLAGS $CGO_ENABLED" = "off  0" ] && [ go.mod -ef %[1]q/go.mod ]; then
  cp %[2]q "$7"
else
  exec %[3]q "$@"
fi`, repository, program, realGo)
}

// program puts a script before all other programs of that name.
func (r pipelineRunner) program(name, script string) {
	r.t.Helper()
	_ = os.Remove(filepath.Join(r.programs, name)) // it may be a link
	check.MustNoError(r.t, "os.Chmod", os.Chmod(acctest.WriteFile(r.t, r.programs, name, "#!/bin/sh\n"+script+"\n"), 0o700))
}

// run runs the steps until one fails, and returns that one.
func (r pipelineRunner) run(steps []pipelineStep) (failed string) {
	r.t.Helper()
	for _, step := range steps {
		args := append(slices.Clone(r.shell), step.command)
		if !step.hasKey {
			args = append([]string{"-u", "JUSPAY_API_KEY"}, args...)
		}
		if code, printed := r.TryRunProgram(r.t.Context(), "/usr/bin/env", args...); code != 0 {
			r.t.Logf("exit code %d:\n%s", code, printed)
			return step.command
		}
	}
	return ""
}

// addFilesOfAuthor writes files with which an author may try to put another program in
// place of the provider: a workspace of Go, and an installed program with its hash.
func (r pipelineRunner) addFilesOfAuthor() {
	r.t.Helper()
	const address = "registry.terraform.io/juspay/juspay"
	acctest.WriteFile(r.t, r.Dir, "go.work", "no workspace that Go can read\n")
	_ = os.RemoveAll(filepath.Join(r.Dir, ".terraform"))
	const name = "terraform-provider-juspay_v0.1.0"
	directory := ".terraform/providers/" + address + "/0.1.0/" + runtime.GOOS + "_" + runtime.GOARCH + "/"
	script := "#!/bin/sh\ntouch '" + r.temporary + "/author'\n"
	check.MustNoError(r.t, "os.Chmod", os.Chmod(acctest.WriteFile(r.t, r.Dir, directory+name, script), 0o700))
	// The hash of a directory, as Go modules have it.
	list := sha256.Sum256(fmt.Appendf(nil, "%x  %s\n", sha256.Sum256([]byte(script)), name))
	lock := "provider \"" + address + "\" {\n  version = \"0.1.0\"\n  hashes = [\n    \"h1:" + base64.StdEncoding.EncodeToString(list[:]) + "\",\n  ]\n}\n"
	acctest.WriteFile(r.t, r.Dir, ".terraform.lock.hcl", lock)
}

// passArtifacts makes the workspace one of another job, which has the files of the author and
// the artifacts of the first job.
func (r pipelineRunner) passArtifacts() {
	r.t.Helper()
	artifacts := map[string]string{"gate.plan": "", "gate.expires": "", ".terraform.lock.hcl": ""}
	for name := range artifacts {
		artifacts[name] = r.Read(name)
	}
	r.addFilesOfAuthor()
	for name, content := range artifacts {
		r.Write(name, content)
	}
}

// TestAccPipelines runs the steps of each pipeline until one fails, in a directory with files
// by which the author tries to replace the provider.
func TestAccPipelines(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	acctest.SkipWithoutShell(t)
	for name, pipeline := range pipelines {
		for row, test := range map[string]struct {
			atPlan, atApply string // the status of the account
			failed          string // a text in the step that fails
			requests        int
		}{
			"an account that stays ACTIVE is paid":                  {"ACTIVE", "ACTIVE", "", 3},
			"an account in FAILURE is not planned":                  {"FAILURE", "FAILURE", "sh policies/gate.sh", 1},
			"an account that fails before the approval is not paid": {"ACTIVE", "FAILURE", "terraform apply", 3},
		} {
			t.Run(row+" in "+name, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				put := func(status string) {
					server.Put(acctest.AcmeWith(status).With("last_validated", time.Now().UTC().Format(time.RFC3339)))
				}
				put(test.atPlan)
				r := newPipelineRunner(t, server, pipeline.shell)
				plan, apply := pipeline.jobs(t, pipeline.file)
				check.Equal(t, "whether the apply waits for an approval of the plan", apply.approved, true)
				r.addFilesOfAuthor()
				failed := r.run(plan.steps)
				if failed == "" {
					check.Lacks(t, "the artifact", r.Unzip("gate.plan"), juspaytest.APIKey, juspaytest.VPA)
					r.passArtifacts()
					put(test.atApply)
					failed = r.run(apply.steps)
				}
				if (failed == "") != (test.failed == "") || !strings.Contains(failed, test.failed) {
					t.Errorf("the step that failed: got %q, want that of %q", failed, test.failed)
				}
				r.CheckPaid(test.failed == "")
				acctest.CheckNewRequests(t, server, test.requests) // two of a plan, and one of an apply
				if _, err := os.Stat(filepath.Join(r.temporary, "author")); err == nil {
					t.Error("got a run of the author's program, want none")
				}
			})
		}
	}
}

// TestAccPipelines_Rehearse pastes the commands of the guide on a machine with the provider
// installed: the account fails after the plan.
func TestAccPipelines_Rehearse(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	acctest.SkipWithoutShell(t)
	server := startTestAccounts(t, 0)
	r := newPipelineRunner(t, server, nil)
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	check.MustNoError(t, "os.Symlink", os.Symlink(repository, filepath.Join(r.temporary, "terraform-provider-juspay")))
	commands := strings.NewReplacer("http://127.0.0.1:8787", server.URL, `"$(mktemp -d)"`, "'"+t.TempDir()+"'").
		Replace(acctest.ReadFile(t, "examples/pipelines/rehearse.sh"))
	install := "sh \"$HOME/terraform-provider-juspay/examples/install/install.sh\" \"$HOME/terraform-provider-juspay\" 0.1.0\n"
	code, printed := r.TryRunProgram(t.Context(), "sh", "-c", install+commands)
	check.Equal(t, "the exit code of the apply", code, 1)
	check.Contains(t, "the output", printed, "Allowed. Accounts: 1.", "Error: Resource precondition failed", "The account is not ACTIVE when the plan is applied.")
	check.Lacks(t, "the output", printed, "Apply complete!")
	acctest.CheckNewRequests(t, server, 3) // two of the plan, and one of the apply
}

// TestAccPipelines_GiveTheKeyToTwoSteps checks that only the steps that read accounts have
// the API key, where a system gives it to single steps.
func TestAccPipelines_GiveTheKeyToTwoSteps(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"GitHub Actions", "Azure DevOps", "Jenkins"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, apply := pipelines[name].jobs(t, pipelines[name].file)
			for command, steps := range map[string][]pipelineStep{"policies/gate.sh": plan.steps, "terraform apply": apply.steps} {
				for _, step := range steps {
					if want := strings.Contains(step.command, command); step.hasKey != want {
						t.Errorf("got a key: %t, want %t, in the step %q", step.hasKey, want, step.command)
					}
				}
			}
		})
	}
}

// TestAccPipelines_RejectAnOldPlan runs the job of the apply with plans of several ages.
func TestAccPipelines_RejectAnOldPlan(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	const applied = "init -input=false -lockfile=readonly\napply -input=false gate.plan\n"
	for name, pipeline := range pipelines {
		for row, test := range map[string]struct {
			age  time.Duration
			want string
		}{
			"a new plan":                   {0, applied},
			"a plan of almost four hours":  {235 * time.Minute, applied},
			"a plan of more than four":     {241 * time.Minute, ""},
			"a plan of a month":            {30 * 24 * time.Hour, ""},
			"a plan of another time stamp": {-1, ""},
		} {
			t.Run(row+" in "+name, func(t *testing.T) {
				t.Parallel()
				_, apply := pipeline.jobs(t, pipeline.file)
				r := newPipelineRunner(t, acctest.StartAPI(t), pipeline.shell)
				expires := strconv.FormatInt(time.Now().Add(4*time.Hour-test.age).Unix(), 10)
				if test.age < 0 {
					expires = "no number"
				}
				for _, directory := range []string{r.Dir, filepath.Join(r.temporary, "plan")} {
					acctest.WriteFile(t, directory, "gate.expires", expires+"\n")
				}
				r.program("terraform", `echo "$*" >>calls`)
				r.program("sh", "") // which would install the provider
				r.run(apply.steps)
				calls, err := fs.ReadFile(os.DirFS(r.Dir), "calls")
				if !os.IsNotExist(err) {
					check.MustNoError(t, "fs.ReadFile", err)
				}
				check.Equal(t, "the calls of terraform", string(calls), test.want)
			})
		}
	}
}

// TestAccPipelines_KeepHashesOfOtherProviders runs the job of the plan up to init, with a
// lock file of four providers.
func TestAccPipelines_KeepHashesOfOtherProviders(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	entry := func(address string) string {
		return "\nprovider \"" + address + "\" {\n  version = \"1.0.0\"\n  hashes = [\n    \"h1:" + address + "\",\n  ]\n}\n"
	}
	before := "# This file is maintained automatically.\n" + entry("registry.terraform.io/hashicorp/http")
	after := entry("registry.terraform.io/juspayer/other")
	for name, pipeline := range pipelines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, _ := pipeline.jobs(t, pipeline.file)
			r := newPipelineRunner(t, acctest.StartAPI(t), pipeline.shell)
			r.Write(".terraform.lock.hcl", before+entry("registry.terraform.io/juspay/juspay")+entry("registry.opentofu.org/juspay/juspay")+after)
			r.program("terraform", "cp .terraform.lock.hcl locked; exit 1")
			r.program("sh", "") // which would install the provider
			if failed := r.run(plan.steps); !strings.Contains(failed, "terraform init -input=false") {
				t.Fatalf("the step that failed: got %q, want that of terraform init", failed)
			}
			check.Equal(t, "the lock file", r.Read("locked"), before+"\n\n"+after)
		})
	}
}

// TestPipelines_AreCopiedAsThePageShows runs the commands of the guide that copy files of the
// clone, and reads in the table what an approval needs and which place has the key.
func TestPipelines_AreCopiedAsThePageShows(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	page, home, directory := acctest.ReadFile(t, "docs/guides/pipelines.md"), t.TempDir(), t.TempDir()
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	check.MustNoError(t, "os.Symlink", os.Symlink(repository, filepath.Join(home, "terraform-provider-juspay")))
	for _, match := range regexp.MustCompile("`([^`\n]*\\bcp ~/[^`\n]*)`").FindAllStringSubmatch(page, -1) {
		copies := exec.CommandContext(t.Context(), "sh", "-c", match[1])
		copies.Dir, copies.Env = directory, append(os.Environ(), "HOME="+home)
		checkSucceeds(t, copies)
	}
	for copied, file := range map[string]string{"main.tf": "examples/pipelines/main.tf", ".github/workflows/terraform.yml": pipelines["GitHub Actions"].file} {
		got, err := fs.ReadFile(os.DirFS(directory), copied)
		check.MustNoError(t, "fs.ReadFile", err)
		check.Equal(t, "the copy of "+file, string(got), acctest.ReadFile(t, file))
	}
	for name, want := range map[string][]string{
		"GitHub Actions": {"GitHub Enterprise", "environment `production`", "deployment branch `main`"},
		"GitLab":         {"GitLab Premium or Ultimate", "environment `production`", "masked and protected", "`juspay-plan`"},
		"Azure DevOps":   {"nothing that is paid", "environment `production`", "variable group `juspay`", "`refs/heads/main`"},
		"Bitbucket":      {"Bitbucket Premium", "environment `production`", "both environments", "branch `main`"},
		"Jenkins":        {"nothing that is paid", "`payments`", "`juspay-api-key`, a secret text that this pipeline alone can use"},
	} {
		t.Run("the row of "+name, func(t *testing.T) {
			t.Parallel()
			check.ContainsEach(t, "the row of "+name, regexp.MustCompile(`(?m)^\| `+name+` \|.*$`).FindString(page), want)
		})
	}
}

// TestPipelines_PinVersions checks that all pipelines pin one Terraform, which shows the
// conditions of ephemeral resources, and the OPA that the policies are tested with.
func TestPipelines_PinVersions(t *testing.T) {
	t.Parallel()
	opa := regexp.MustCompile(`open-policy-agent/opa (v\S+)`).FindStringSubmatch(acctest.ReadFile(t, "tools/policy/go.mod"))[1]
	for name, pipeline := range pipelines {
		for what, row := range map[string]struct {
			pattern *regexp.Regexp
			want    string
		}{
			"Terraform":    {regexp.MustCompile(`version(?:=|: )(\d+\.\d+\.\d+)\n`), "1.16.2"},
			"OPA":          {regexp.MustCompile(`open-policy-agent/opa@([^\s)]+)`), opa},
			"the provider": {regexp.MustCompile(`install/install\.sh"? \S+ (\S+)`), "0.1.0"},
		} {
			t.Run(name+" pins "+what, func(t *testing.T) {
				t.Parallel()
				found := row.pattern.FindAllStringSubmatch(acctest.ReadFile(t, pipeline.file), -1)
				if len(found) == 0 {
					t.Errorf("got no version, want %s", row.want)
				}
				for _, match := range found {
					if match[1] != row.want {
						t.Errorf("got %s, want %s", match[1], row.want)
					}
				}
			})
		}
	}
}
