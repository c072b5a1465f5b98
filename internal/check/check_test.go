// SPDX-License-Identifier: MPL-2.0

package check

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
)

// recordingTB keeps the messages of a test that fails.
type recordingTB struct {
	testing.TB
	messages []string
}

func (r *recordingTB) Helper() {}

func (r *recordingTB) Errorf(format string, args ...any) {
	r.messages = append(r.messages, strings.ReplaceAll(fmt.Sprintf(format, args...), "\u00a0", " "))
}

func (r *recordingTB) Fatalf(format string, args ...any) { r.Errorf("the end: "+format, args...) }

var ignoredIn = cmpopts.IgnoreFields(Row[int, int]{}, "In")

func TestCheck_SaysGotAndWant(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		check func(testing.TB)
		want  string
	}{
		"equal numbers pass":       {func(t testing.TB) { Equal(t, "n", 1, 1) }, ""},
		"nil equals an empty list": {func(t testing.TB) { Equal(t, "n", []int{}, []int(nil)) }, ""},
		"other numbers fail":       {func(t testing.TB) { Equal(t, "n", 1, 2) }, "n: got 1, want 2"},
		"other texts fail":         {func(t testing.TB) { Equal(t, "the text", "a", "b") }, `the text: got "a", want "b"`},
		"long texts are on lines of their own": {func(t testing.TB) { Equal(t, "the text", "a", strings.Repeat("b", 200)) },
			"the text:\ngot  \"a\"\nwant \"" + strings.Repeat("b", 200) + `"`},
		"other lines fail": {func(t testing.TB) { Equal(t, "the text", "a\nb", "a\nc") },
			"the text (-want +got):\n  []string{\n  \t\"a\",\n- \t\"c\",\n+ \t\"b\",\n  }\n"},
		"other lists fail":          {func(t testing.TB) { Equal(t, "the list", []int{1}, []int{2}) }, "the list (-want +got):\n  []int{\n- \t2,\n+ \t1,\n  }\n"},
		"durations have units":      {func(t testing.TB) { Equal(t, "the wait", 2*time.Second, time.Minute) }, "the wait: got 2s, want 1m0s"},
		"lists of durations too":    {func(t testing.TB) { Equal(t, "the waits", []time.Duration{time.Second}, []time.Duration{}) }, "the waits: got [1s], want []"},
		"no error passes":           {func(t testing.TB) { ErrorText(t, "a read", nil, "") }, ""},
		"another error fails":       {func(t testing.TB) { ErrorText(t, "a read", errors.New("x"), "y") }, `a read: got the error "x", want "y"`},
		"an unwanted error fails":   {func(t testing.TB) { NoError(t, "a read", errors.New("x")) }, "a read: got the error x, want none"},
		"a nil error passes":        {func(t testing.TB) { NoError(t, "a read", nil) }, ""},
		"an ignored field passes":   {func(t testing.TB) { Equal(t, "n", Row[int, int]{1, 2}, Row[int, int]{3, 2}, ignoredIn) }, ""},
		"an unexpected error ends":  {func(t testing.TB) { MustNoError(t, "a read", errors.New("x")) }, "the end: a read: got the error x, want none"},
		"no error does not end":     {func(t testing.TB) { MustNoError(t, "a read", nil) }, ""},
		"a text with all passes":    {func(t testing.TB) { Contains(t, "the log", "a b", "a", "b") }, ""},
		"a text without one fails":  {func(t testing.TB) { Contains(t, "the log", "a b", "a", "c") }, "the log: got a text without \"c\", want it in:\na b"},
		"a text without all passes": {func(t testing.TB) { Lacks(t, "the log", "a b", "c") }, ""},
		"a text with one fails":     {func(t testing.TB) { Lacks(t, "the log", "a b", "c", "b") }, `the log: got "b" in it, want it without`},
		"a text with each passes":   {func(t testing.TB) { ContainsEach(t, "the log", "a b", []string{"a", "b"}) }, ""},
		"a text without each fails": {func(t testing.TB) { ContainsEach(t, "the log", "a b", []string{"a", "c"}) },
			"the log: got a text without \"c\", want it in:\na b"},
		"nothing wanted fails":       {func(t testing.TB) { ContainsEach(t, "the log", "a b", nil) }, "the log: got no string to look for, want one"},
		"a text without any passes":  {func(t testing.TB) { LacksEach(t, "the log", "a b", []string{"c", "d"}) }, ""},
		"a text with any fails":      {func(t testing.TB) { LacksEach(t, "the log", "a b", []string{"c", "b"}) }, `the log: got "b" in it, want it without`},
		"nothing unwanted fails":     {func(t testing.TB) { LacksEach(t, "the log", "a b", nil) }, "the log: got no string to look for, want one"},
		"a time in its bounds":       {func(t testing.TB) { Within(t, "the wait", time.Second, 0, time.Second) }, ""},
		"a time after its bounds":    {func(t testing.TB) { Within(t, "the wait", 2*time.Second, 0, time.Second) }, "the wait: got 2s, want 0s to 1s"},
		"a number before its bounds": {func(t testing.TB) { Within(t, "n", 1, 2, 3) }, "n: got 1, want 2 to 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recorded := &recordingTB{TB: t}
			row.check(recorded)
			if got := strings.Join(recorded.messages, "|"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
