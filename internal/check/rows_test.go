// SPDX-License-Identifier: MPL-2.0

package check

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

func TestRows_RunsEachRow(t *testing.T) {
	t.Parallel()
	var ran atomic.Int32
	t.Run("rows", func(t *testing.T) {
		Rows(t, func(_ *testing.T, n int) string {
			ran.Add(1)
			return strconv.Itoa(n)
		}, map[string]Row[int, string]{"one": {1, "1"}, "two": {2, "2"}})
	})
	Equal(t, "the number of rows that ran", ran.Load(), int32(2))
}

func TestInBubble_HasVirtualTime(t *testing.T) {
	t.Parallel()
	InBubble(t, "an hour takes no time", func(t *testing.T) {
		start := time.Now()
		time.Sleep(time.Hour)
		Equal(t, "the time", time.Since(start), time.Hour)
	})
}
