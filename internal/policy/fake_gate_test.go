// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// fakeGate is a gate whose terraform and opa are scripts that record how they were run.
type fakeGate struct {
	t     *testing.T
	shell string // the shell that runs gate.sh
	dir   string // the directory of the configuration
	path  string // the only directory on PATH
}

// inEachShell runs a test of a new gate in the shells that /bin/sh is on Debian, and
// on most others.
func inEachShell(t *testing.T, name string, test func(g fakeGate)) {
	t.Helper()
	for _, shell := range []string{"dash", "bash"} {
		t.Run(name+" in "+shell, func(t *testing.T) {
			t.Parallel()
			test(newFakeGate(t, shell))
		})
	}
}

// newFakeGate returns a directory with the policies, and a PATH that has nothing
// but what the gate needs.
func newFakeGate(t *testing.T, shell string) fakeGate {
	t.Helper()
	acctest.SkipWithoutShell(t)
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip(shell + " is not on PATH")
	}
	g := fakeGate{t: t, shell: path, dir: t.TempDir(), path: t.TempDir()}
	check.MustNoError(t, "os.CopyFS", os.CopyFS(filepath.Join(g.dir, "policies"), acctest.Example(t, "policies")))
	for _, program := range []string{"cat", "dirname", "env", "grep", "mktemp", "mv", "rm", "sed", "tr"} {
		found, err := exec.LookPath(program)
		check.MustNoError(t, "exec.LookPath", err)
		check.MustNoError(t, "os.Symlink", os.Symlink(found, filepath.Join(g.path, program)))
	}
	g.program("terraform", `echo "terraform $* JUSPAY_BASE_URL=${JUSPAY_BASE_URL-}" >>calls
case $1 in show) echo '{"validation_status":"ACTIVE","actions":["delete"]}' ;; esac
for argument; do case $argument in -out=*) echo plan >"${argument#-out=}" ;; esac; done`)
	g.opa("Version: 0.66.0", allowsThePlan)
	g.write("gate.plan", "of an earlier run")
	return g
}

// allowsThePlan evaluates as a policy does that allows the plan, and no other.
const allowsThePlan = `case $* in *" plan.json "*) echo 1 ;; *) exit 1 ;; esac`

// opa replaces the opa of the gate by a script that reports a version, and evaluates the policy by
// another script. The settings are read by OPA itself.
func (g fakeGate) opa(version, script string) {
	g.t.Helper()
	g.program("opa", `case $1 in version) echo "`+version+`"; exit ;; esac
case $* in *'"reported:"'*) exec "`+acctest.Program(g.t, "opa")+`" "$@" ;; esac
echo "opa $* VARIABLE=${VARIABLE-}" >>"`+g.dir+`/calls"
`+script)
}

// program puts a script on the gate's PATH, in the place of a program of the same name.
func (g fakeGate) program(name, script string) {
	g.t.Helper()
	_ = os.Remove(filepath.Join(g.path, name)) // it may be a link
	check.MustNoError(g.t, "os.WriteFile", os.WriteFile(filepath.Join(g.path, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
}

func (g fakeGate) write(name, content string) {
	g.t.Helper()
	acctest.WriteFile(g.t, g.dir, name, content)
}

// setting replaces a text in the gate's settings.json, which is otherwise as shipped.
func (g fakeGate) setting(old, replacement string) {
	g.t.Helper()
	settings := acctest.ReadFile(g.t, "examples/policies/settings.json")
	if !strings.Contains(settings, old) {
		g.t.Fatalf("settings.json: got none with %s, want it there to replace it", old)
	}
	g.write("policies/settings.json", strings.Replace(settings, old, replacement, 1))
}

// run runs the gate, and returns its exit code, what it printed, and the recorded
// calls.
func (g fakeGate) run(env, args []string) (code int, printed, calls string) {
	g.t.Helper()
	command := exec.CommandContext(g.t.Context(), g.shell, append([]string{"policies/gate.sh"}, args...)...)
	command.Dir = g.dir
	temporary := g.t.TempDir()
	command.Env = append([]string{"PATH=" + g.path, "HOME=" + g.t.TempDir(), "TMPDIR=" + temporary, "VARIABLE=of the author"}, env...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); command.ProcessState == nil {
		check.MustNoError(g.t, "command.Run", err)
	}
	recorded, err := fs.ReadFile(os.DirFS(g.dir), "calls")
	if !os.IsNotExist(err) {
		check.MustNoError(g.t, "fs.ReadFile", err)
	}
	_, err = os.Stat(filepath.Join(g.dir, "gate.plan"))
	if allowed := command.ProcessState.ExitCode() == 0; (err == nil) != allowed {
		g.t.Errorf("gate.plan after the exit code %d: got %v, want a file: %t", command.ProcessState.ExitCode(), err, allowed)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		g.t.Errorf("temporary files: got %v, %v; want none", left, err)
	}
	text := strings.NewReplacer(g.path+"/", "", g.dir+"/", "").Replace(out.String())
	return command.ProcessState.ExitCode(), text, strings.ReplaceAll(string(recorded), temporary+"/", "")
}

const allowedByFake = "Allowed. Accounts: 1. Plan to apply: gate.plan\n"

// check runs the gate, and compares its exit code and what it printed.
func (g fakeGate) check(env, args []string, code int, want string) (calls string) {
	g.t.Helper()
	got, printed, calls := g.run(env, args)
	check.Equal(g.t, "the exit code", got, code)
	check.Equal(g.t, "what it printed", printed, want)
	return calls
}

// checkRejected checks that the gate prints what it rejects, and runs no program.
func (g fakeGate) checkRejected(env, args []string, want string) {
	g.t.Helper()
	check.Equal(g.t, "the calls of programs", g.check(env, args, 1, want), "")
}

// clone makes the gate's directory a clone that tracks the files that exist.
func (g fakeGate) clone() {
	g.t.Helper()
	g.git(g.dir, "init", "--quiet")
	g.git(g.dir, "add", "--all")
}

// git runs git in a directory.
func (g fakeGate) git(dir string, args ...string) {
	g.t.Helper()
	options := []string{"-C", dir, "-c", "protocol.file.allow=always", "-c", "user.name=x", "-c", "user.email=x@y"}
	out, err := exec.CommandContext(g.t.Context(), "git", append(options, args...)...).CombinedOutput() //nolint:gosec // constants of tests
	if err != nil {
		g.t.Fatalf("git %v: got %v, want no error:\n%s", args, err, out)
	}
}

// addSubmodule adds a repository with one file to the clone.
func (g fakeGate) addSubmodule(name, file string) {
	g.t.Helper()
	repository := g.t.TempDir()
	acctest.WriteFile(g.t, repository, file, "")
	g.git(repository, "init", "--quiet")
	g.git(repository, "add", "--all")
	g.git(repository, "commit", "--quiet", "--message=x")
	g.git(g.dir, "submodule", "--quiet", "add", repository, name)
}

// addGit puts git on the gate's PATH.
func (g fakeGate) addGit() {
	g.t.Helper()
	path, err := exec.LookPath("git")
	check.MustNoError(g.t, "exec.LookPath", err)
	check.MustNoError(g.t, "os.Symlink", os.Symlink(path, filepath.Join(g.path, "git")))
}

// stubPolicy is a policy with one account, and rules to add, which denies the messages;
// OPA itself evaluates it. It allows no other plan.
func (g fakeGate) stubPolicy(rules, denied string) {
	g.t.Helper()
	if denied != "" {
		rules += "\n\ndeny contains message if some message in [" + denied + "]\n"
	}
	g.write("policies/juspay.rego", `package juspay_policy

import rego.v1

allow if count(deny) == 0

deny contains "plan: it is not the fake's." if not input.actions

deny contains "data.x.y: account banh_a with status PENDING is not ACTIVE." if input.validation_status == "PENDING"

default account_count := 1

`+rules)
	g.program("opa", `exec "`+acctest.Program(g.t, "opa")+`" "$@"`)
}

// checkNoPlan fails if gate.plan is there, which a run of the gate left that allowed a plan, or the author wrote.
func (g fakeGate) checkNoPlan() {
	g.t.Helper()
	_, err := os.Stat(filepath.Join(g.dir, "gate.plan"))
	check.Equal(g.t, "whether gate.plan is there", err == nil, false)
}
