// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS("../../templates"), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Every diagnostic that the source can report has a row: those of explanations, and
// whatever is handed to one of the framework's functions.
func TestEveryDiagnosticIsInTheGuide(t *testing.T) {
	t.Parallel()
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	summaries := map[string]bool{}
	for _, reason := range juspay.Reasons() {
		summaries[explanations[reason].summary] = true
	}
	if len(summaries) != len(juspay.Reasons()) {
		t.Errorf("%d reasons have %d summaries", len(juspay.Reasons()), len(summaries))
	}
	for _, explanation := range listExplanations {
		summaries[explanation.summary] = true
	}
	reported := reportedSummaries(t)
	if len(reported) < 25 {
		t.Errorf("the source has only the summaries %q", reported)
	}
	for _, summary := range reported {
		summaries[summary] = true
	}
	for summary := range summaries {
		if !strings.Contains(guide, "\n| "+summary+" | ") {
			t.Errorf("%q is not in a table", summary)
		}
		if words := len(strings.Fields(summary)); words > 6 {
			t.Errorf("%q has %d words", summary, words)
		}
	}
}

// TestTroubleshooting_NamesEverySetting checks that a search for the whole summary
// finds it.
func TestTroubleshooting_NamesEverySetting(t *testing.T) {
	t.Parallel()
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	for name := range providerSchema().Attributes {
		if !strings.Contains(guide, "Invalid "+name+" ") && !strings.Contains(guide, "Invalid "+name+",") {
			t.Errorf("Invalid %s is not in a table", name)
		}
	}
}

// summaryArguments are the functions that report something, and which of their
// arguments is the summary. Of a function's argument, the CLI has its own summary.
var summaryArguments = map[string]int{
	"AddError": 0, "AddWarning": 0, "NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0,
	"AddAttributeError": 1, "AddAttributeWarning": 1, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
	"NewArgumentFuncError": -1,
}

// reportedSummaries are the summaries in the package's source. One that begins with
// a literal and goes on with a variable ends with "...".
func reportedSummaries(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	values := map[string][]ast.Expr{} // of constants and variables
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, source)
		ast.Inspect(source, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.AssignStmt:
				for i, name := range n.Lhs {
					if ident, ok := name.(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) {
						values[ident.Name] = append(values[ident.Name], n.Rhs[i])
					}
				}
			case *ast.ValueSpec:
				for i := range n.Values {
					values[n.Names[i].Name] = append(values[n.Names[i].Name], n.Values[i])
				}
			}
			return true
		})
	}
	var summaries []string
	var add func(expression ast.Expr)
	add = func(expression ast.Expr) {
		switch e := expression.(type) {
		case *ast.BasicLit:
			summaries = append(summaries, strings.Trim(e.Value, `"`))
		case *ast.BinaryExpr:
			if prefix, ok := e.X.(*ast.BasicLit); ok {
				summaries = append(summaries, strings.Trim(prefix.Value, `"`)+"...")
				return
			}
			t.Errorf("a summary begins with something else than a literal: %T", e.X)
		case *ast.Ident:
			for _, value := range values[e.Name] {
				add(value)
			}
			if len(values[e.Name]) == 0 {
				t.Errorf("a summary is %s, which has no value in the source", e.Name)
			}
		case *ast.SelectorExpr:
			if e.Sel.Name != "summary" { // that of an explanation
				t.Errorf("a summary is a field %s", e.Sel.Name)
			}
		case *ast.CallExpr:
			if method, ok := e.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != "Summary" { // of another diagnostic
				t.Error("a summary is the result of a function")
			}
		default:
			t.Errorf("a summary is a %T", e)
		}
	}
	for _, source := range parsed {
		ast.Inspect(source, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			function, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if argument, ok := summaryArguments[function.Sel.Name]; ok && argument < 0 {
				summaries = append(summaries, "Invalid function argument")
			} else if ok {
				add(call.Args[argument])
			}
			return true
		})
	}
	return summaries
}

// What the page explains is what is reported, but for the lines that Terraform adds.
func TestTheSampleErrorIsWhatIsReported(t *testing.T) {
	t.Parallel()
	sample, err := fs.ReadFile(os.DirFS("../../examples"), "errors/api-key-rejected.txt")
	if err != nil {
		t.Fatal(err)
	}
	reported := accountError(juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme_active"}, defaultReadTimeout, &juspay.APIError{
		Reason: juspay.ReasonUnauthorized, BaseURL: juspay.Sandbox.BaseURL, StatusCode: 401, Code: "UNAUTHORIZED", DeveloperMessage: "Invalid API Key.",
		RequestID: "b2e0fd33-7655-4778-83a8-5179ed21b0b7", Attempts: 1,
	})
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	summary, detail, _ := strings.Cut(string(sample), "vendor\" {\n\n")
	if !strings.HasPrefix(summary, "Error: "+reported.Summary()+"\n") || words(detail) != words(reported.Detail()) {
		t.Errorf("the sample is\n%s\nand the error\n%s\n%s", sample, reported.Summary(), reported.Detail())
	}
}

// A promise is worth the test that holds it.
func TestEveryPromiseOfAGuideNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := allTests(t)
	promise := regexp.MustCompile(`\{\{- /\*(.*?)\*/\}\}`)
	for name, promises := range map[string]int{
		"guides/troubleshooting": 4, "guides/reliability": 9, "guides/asserting-active": 6, "guides/policy-checks": 5,
		"guides/testing-modules": 3, "guides/pipelines": 4, "guides/checking-many-accounts": 8, "guides/personal-data": 6,
		"index": 7, "data-sources/customer_account": 2, "data-sources/customer_accounts": 4, "ephemeral-resources/customer_account": 2, "functions/validated_within": 1,
	} {
		comments := promise.FindAllStringSubmatch(readTemplate(t, name+".md.tmpl"), -1)
		if len(comments) < promises {
			t.Errorf("%s has only %d promises with tests", name, len(comments))
		}
		for _, comment := range comments {
			for test := range strings.FieldsSeq(comment[1]) {
				if !strings.Contains(tests, "\nfunc "+test+"(t *testing.T) {") {
					t.Errorf("%s: there is no test %s", name, test)
				}
			}
		}
	}
}

// allTests is the source of the tests of all packages.
func allTests(t *testing.T) string {
	t.Helper()
	var sources strings.Builder
	for _, directory := range []string{"..", "../../examples"} {
		tests := os.DirFS(directory)
		err := fs.WalkDir(tests, ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := fs.ReadFile(tests, path)
			sources.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sources.String()
}

// What a guide shows is a file that tests run, and no copy of one.
func TestGuidesShowFilesAlone(t *testing.T) {
	t.Parallel()
	guides, err := fs.Glob(os.DirFS("../../templates/guides"), "*.tmpl")
	if err != nil || len(guides) < 4 {
		t.Fatalf("the guides are %v, %v", guides, err)
	}
	for _, guide := range guides {
		if strings.Contains(readTemplate(t, "guides/"+guide), "```") {
			t.Errorf("%s has code of its own", guide)
		}
	}
}
