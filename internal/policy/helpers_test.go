// SPDX-License-Identifier: MPL-2.0

// Package policy tests the policy pack: examples/policies, its rules in examples/policy-rules,
// the gate, and the files of platforms. The tests run in the root of the repository.
package policy

import (
	"encoding/json"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestMain(m *testing.M) { acctest.MainInRoot(m) }

// part is a JSON object of a plan.
type part = map[string]any

// partAt returns the object at a path of names and of indexes of lists.
func partAt(t testing.TB, object part, path ...any) part {
	t.Helper()
	return valueAt[part](t, object, path...)
}

func valueAt[T any](t testing.TB, object part, path ...any) T {
	t.Helper()
	var value any = object
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(part)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				t.Fatalf("%v: got %d elements, want an element %d", path, len(items), step)
			}
			value = items[step]
		}
	}
	found, ok := value.(T)
	if !ok {
		t.Fatalf("%v: got a %T, want a %T", path, value, found)
	}
	return found
}

func decodePlan(t testing.TB, plan json.RawMessage) (decoded part) {
	t.Helper()
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(plan, &decoded))
	return decoded
}
