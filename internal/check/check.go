// SPDX-License-Identifier: MPL-2.0

// Package check has the comparisons of tests, and runs the rows of their tables. Each message
// says what was compared, what the test got, and what it wants.
package check

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Equal fails unless got equals want. An empty map or slice equals nil.
func Equal(t testing.TB, what string, got, want any, options ...gocmp.Option) {
	t.Helper()
	diff := gocmp.Diff(linesOf(want), linesOf(got), append(options, cmpopts.EquateEmpty())...)
	switch {
	case diff == "":
	case isOneLine(got) && isOneLine(want):
		got, want := literal(got), literal(want)
		if len(got)+len(want) > 200 {
			t.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
			return
		}
		t.Errorf("%s: got %s, want %s", what, got, want)
	default:
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// linesOf returns the lines of a text that has some, so that a difference shows whole lines, and
// any other value as it is.
func linesOf(value any) any {
	if text, isText := value.(string); isText && strings.Contains(text, "\n") {
		return strings.Split(text, "\n")
	}
	return value
}

// literal returns a value as Go writes it, and durations with their units.
func literal(value any) string {
	switch value.(type) {
	case time.Duration, []time.Duration:
		return fmt.Sprint(value)
	}
	return fmt.Sprintf("%#v", value)
}

// isOneLine reports whether a value is shown better as a whole than as a difference.
func isOneLine(value any) bool {
	if _, areDurations := value.([]time.Duration); areDurations {
		return true
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return !strings.Contains(v.String(), "\n")
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer, reflect.Interface:
		return false
	default:
		return true
	}
}

// ErrorText fails unless the text of err is want, which is "" for no error.
func ErrorText(t testing.TB, what string, err error, want string) {
	t.Helper()
	if got := TextOf(err); got != want {
		t.Errorf("%s: got the error %q, want %q", what, got, want)
	}
}

// NoError fails if err is an error, and lets the test go on.
func NoError(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: got the error %v, want none", what, err)
	}
}

// MustNoError ends the test if err is an error: what follows would say something else.
func MustNoError(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: got the error %v, want none", what, err)
	}
}

// TextOf returns the text of err, or "" if err is nil.
func TextOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Within fails unless got is from low to high.
func Within[T cmp.Ordered](t testing.TB, what string, got, low, high T) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: got %v, want %v to %v", what, got, low, high)
	}
}

// Contains fails unless text contains wanted, and each of more.
func Contains(t testing.TB, where, text, wanted string, more ...string) {
	t.Helper()
	ContainsEach(t, where, text, append([]string{wanted}, more...))
}

// ContainsEach fails unless text contains each string of wanted. An empty list fails too, since it
// would check nothing.
func ContainsEach(t testing.TB, where, text string, wanted []string) {
	t.Helper()
	if len(wanted) == 0 {
		t.Errorf("%s: got no string to look for, want one", where)
	}
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s: got a text without %q, want it in:\n%.5000s", where, want, text)
		}
	}
}

// Lacks fails if text contains unwanted, or one of more. It does not print text.
func Lacks(t testing.TB, where, text, unwanted string, more ...string) {
	t.Helper()
	LacksEach(t, where, text, append([]string{unwanted}, more...))
}

// LacksEach fails if text contains a string of unwanted. An empty list fails too, since it would
// check nothing. It does not print text.
func LacksEach(t testing.TB, where, text string, unwanted []string) {
	t.Helper()
	if len(unwanted) == 0 {
		t.Errorf("%s: got no string to look for, want one", where)
	}
	for _, s := range unwanted {
		if strings.Contains(text, s) {
			t.Errorf("%s: got %q in it, want it without", where, s)
		}
	}
}
