// SPDX-License-Identifier: MPL-2.0

package check

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// Row is an input of a function, and the result that it must have. It is an alias of a struct
// without a name, so that vet lets tests of other packages write {in, want}.
type Row[In, Out any] = struct {
	In   In
	Want Out
}

// Rows compares the results of a function, with a subtest for each row.
func Rows[In, Out any](t *testing.T, function func(*testing.T, In) Out, rows map[string]Row[In, Out], options ...cmp.Option) {
	t.Helper()
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Helper() // so that a message has the line of the caller
			t.Parallel()
			Equal(t, "the result", function(t, row.In), row.Want, options...)
		})
	}
}

// InBubble runs a subtest in virtual time. A bubble that fails ends its test, and with it
// would end the other rows.
func InBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
