// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// asPrinted returns a sample of output in examples with whitespace as Workspace.Run returns it.
func asPrinted(t *testing.T, name string) string {
	t.Helper()
	return strings.Join(strings.Fields(acctest.ReadFile(t, "examples/"+name)), " ")
}

func TestAccExamples_DataSource(t *testing.T) {
	t.Parallel()
	w := newPageExample(t, acctest.StartAPI(t), "data-sources/juspay_customer_account")
	check.Contains(t, "the output of apply", w.Apply(0), asPrinted(t, "data-sources/juspay_customer_account/output.txt"))
	checkOutput(t, w, "vendor_account_status", "ACTIVE")
}

func TestAccExamples_Function(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "functions/validated_within")
	check.Contains(t, "the output of plan", w.Plan(0), "+ recently_validated = true")
	server.Put(acctest.AcmeWith("ACTIVE"))
	check.Contains(t, "the output of plan", w.Plan(0), "+ recently_validated = false")
	server.Put(acctest.AcmeWith("ACTIVE").Without("last_validated"))
	check.Contains(t, "the output of plan", w.Plan(0), "+ recently_validated = false")
}

func TestAccExamples_Provider(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.ReadFile(t, "examples/provider/provider.tf")))
	w.PointAt(server)
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)
}

func TestAccExamples_ProviderAliases(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-of-production", "fake-key-of-sandbox")
	w := newPageExample(t, server, "provider-aliases", "JUSPAY_API_KEY=fake-key-of-production")
	w.PointAt(server)
	w.Plan(0, "-var", "sandbox_api_key=fake-key-of-sandbox", "-out", "saved.plan")
	keys := map[string]string{}
	for _, request := range server.Requests() {
		keys[request.Segments[1]] = request.Key()
	}
	want := map[string]string{"cst_acme": "fake-key-of-production", "cst_dairy": "fake-key-of-sandbox"}
	check.Equal(t, "the keys by customer", keys, want)
	acctest.CheckNewRequests(t, server, 2)
	check.LacksEach(t, "the plan", w.Unzip("saved.plan"), slices.Collect(maps.Values(want)))
}

// walkExamples calls visit for each file with one of the extensions.
func walkExamples(t *testing.T, visit func(name string), extensions ...string) {
	t.Helper()
	check.MustNoError(t, "fs.WalkDir", fs.WalkDir(os.DirFS("."), "examples", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && slices.Contains(extensions, path.Ext(name)) {
			visit(name)
		}
		return err
	}))
}

// An example that no test runs is wrong sooner or later.
func TestExamples_AreTested(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, pattern := range []string{"internal/docs/*_test.go", "internal/policy/*_test.go", "internal/cmd/demo/*.go"} {
		files, err := filepath.Glob(pattern)
		check.MustNoError(t, "filepath.Glob", err)
		for _, file := range files {
			tests.WriteString(acctest.ReadFile(t, file))
		}
	}
	configurations := 0
	walkExamples(t, func(name string) {
		configurations++
		directory := strings.TrimSuffix(path.Dir(name), "/payout")
		if directory != "examples/demo" && !namesDirectory(tests.String(), directory) {
			t.Errorf("%s: got no test that names its directory, want one", name)
		}
	}, ".tf")
	if configurations < 10 {
		t.Errorf("got %d configurations, want at least 10", configurations)
	}
}

// namesDirectory reports whether a source has a string that is a directory of examples, or a file in
// it. A name that is one word counts only where a function opens an example.
func namesDirectory(source, directory string) bool {
	name := strings.TrimPrefix(directory, "examples/")
	before := `("examples/|Example\w*\([^"\n]*")`
	if strings.ContainsAny(name, "/-") {
		before = `"(examples/)?`
	}
	return regexp.MustCompile(before + regexp.QuoteMeta(name) + `(/[\w-]+(\.\w+)+)?"`).MatchString(source)
}

func TestNamesDirectory_NeedsTheWholeName(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		source, directory string
		want              bool
	}{
		"a directory":                     {`newPageExample(t, server, "WORD", env)`, "WORD", true},
		"a directory below examples":      {`ReadExample(t, "examples/WORD")`, "WORD", true},
		"a file of the directory":         {`ReadFile(t, "examples/WORD/account.tfmock.hcl")`, "WORD", true},
		"a directory that begins with it": {`Example(t, "WORD-accounts")`, "WORD", false},
		"a file that begins with it":      {`ReadFile(t, "examples/WORD.tf")`, "WORD", false},
		"a directory below it":            {`Example(t, "WORD/csv")`, "WORD", false},
		"a file of a directory below it":  {`ReadFile(t, "examples/WORD/csv/main.tf")`, "WORD", false},
		"a directory with the same end":   {`Example(t, "module-tests/WORD")`, "WORD", false},
		"a word of something else":        {`strings.Contains(pattern, "WORD")`, "WORD", false},
		"no string":                       {`// Example WORD`, "WORD", false},
		"two words, in a table":           {`"TWO-WORDS": {}`, "TWO-WORDS", true},
		"two words that begin with it":    {`"TWO-WORDS-more": {}`, "TWO-WORDS", false},
		"a path, in a table":              {`{"check", "A/PATH"}`, "A/PATH", true},
		"a path that begins with it":      {`{"check", "A/PATH-nested"}`, "A/PATH", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "whether the source names it", namesDirectory(row.source, "examples/"+row.directory), row.want)
		})
	}
}

// TestExamples_LinesFit checks the width at which a page shows a block without a
// scrollbar. Policies have whole messages. The hash of a pinned action and the printed errors have no shorter form.
func TestExamples_LinesFit(t *testing.T) {
	t.Parallel()
	const maxColumns = 80
	walkExamples(t, func(name string) {
		if strings.HasPrefix(name, "examples/policies/") {
			return
		}
		for i, line := range strings.Split(acctest.ReadFile(t, name), "\n") {
			if columns := utf8.RuneCountInString(line); columns > maxColumns && !strings.Contains(line, "uses: ") {
				t.Errorf("%s:%d: got %d columns, want at most %d", name, i+1, columns, maxColumns)
			}
		}
	}, ".tf", ".hcl", ".sh", ".yml", ".csv")
}
