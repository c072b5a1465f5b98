// SPDX-License-Identifier: MPL-2.0

// Command deletions deletes each line of a policy in turn, and fails if the
// policy's tests still pass without it.
//
//	deletions POLICY TESTS
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: deletions POLICY TESTS")
		os.Exit(2)
	}
	missed, tried, err := survivors(context.Background(), os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Printf("%d lines deleted, one at a time; the tests pass without %d of them\n", tried, len(missed))
	if len(missed) > 0 || tried == 0 {
		os.Exit(1)
	}
}

// survivors returns the lines of the policy without which its tests pass.
func survivors(ctx context.Context, policy, tests string) (missed []string, tried int, err error) {
	policyText, err := os.ReadFile(policy)
	if err != nil {
		return nil, 0, err
	}
	testText, err := os.ReadFile(tests)
	if err != nil {
		return nil, 0, err
	}
	testModule, err := ast.ParseModule(tests, string(testText))
	if err != nil {
		return nil, 0, err
	}
	if !passes(ctx, string(policyText), testModule) {
		return nil, 0, fmt.Errorf("the tests of %s fail as they are", policy)
	}
	lines := strings.Split(string(policyText), "\n")
	for i, line := range lines {
		code := strings.TrimSpace(line)
		if code == "" || strings.HasPrefix(code, "#") || code == "import rego.v1" { // which OPA before 1.0 needs
			continue
		}
		tried++
		remaining := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "\n")
		if passes(ctx, remaining, testModule) {
			missed = append(missed, code)
			fmt.Printf("%s:%d: %s\n", policy, i+1, code) // a run takes minutes
		}
	}
	return missed, tried, nil
}

// passes reports whether the policy compiles, and all of the tests pass.
func passes(ctx context.Context, policy string, tests *ast.Module) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	module, err := ast.ParseModule("policy.rego", policy)
	if err != nil {
		return false
	}
	modules := map[string]*ast.Module{"policy.rego": module, "policy_test.rego": tests.Copy()}
	runner := tester.NewRunner().SetCompiler(ast.NewCompiler().WithUseTypeCheckAnnotations(true)).SetModules(modules).SetTimeout(time.Minute)
	results, err := runner.RunTests(ctx, nil)
	if err != nil {
		return false
	}
	passed := true
	for result := range results { // to the end, which one failure brings about
		if !result.Pass() {
			passed = false
			cancel()
		}
	}
	return passed
}
