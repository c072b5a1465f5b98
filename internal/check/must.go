// SPDX-License-Identifier: MPL-2.0

package check

import "encoding/json"

// Must returns value, and panics if err is an error. It is for values that a test makes of
// its own constants.
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// MustJSON returns value as JSON.
func MustJSON(value any) string { return string(Must(json.Marshal(value))) }
