// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// tfObject holds the attributes of an object, or the elements of a map, in the
// types of Terraform's protocol. The framework's own types take as much time as the
// rest of a read of many accounts.
type tfObject = map[string]tftypes.Value

// objectValue returns the attributes of an object or the elements of a map, and none
// for null and unknown. The schema ensures the type, so that there is no error.
func objectValue(value tftypes.Value) (object tfObject) {
	_ = value.As(&object)
	return object
}

// stringValue returns a string, and "" for null and unknown.
func stringValue(value tftypes.Value) (s string) {
	_ = value.As(&s)
	return s
}

// boolValue returns a bool, and false for null and unknown.
func boolValue(value tftypes.Value) (b bool) {
	_ = value.As(&b)
	return b
}

// isKnown is false for null too.
func isKnown(value tftypes.Value) bool { return value.IsKnown() && !value.IsNull() }

func newString(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// stringOrNull returns null for "".
func stringOrNull(s string) tftypes.Value {
	if s == "" {
		return tftypes.NewValue(tftypes.String, nil)
	}
	return newString(s)
}

// terraformPrecision is the precision of Terraform's numbers in bits, so that a
// literal in a response equals the same literal in a configuration.
const terraformPrecision = 512

// numberOrNull returns null for "". The client rejects every other literal that is
// not a number.
func numberOrNull(literal string) tftypes.Value {
	number, _, _ := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven)
	return tftypes.NewValue(tftypes.Number, number)
}
