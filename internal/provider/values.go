// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// tfObject contains the attributes of an object, or the elements of a map, in the types of
// Terraform's protocol. The framework's own types would double the time of a read of many
// accounts.
type tfObject = map[string]tftypes.Value

// objectFromTF returns the attributes of an object or the elements of a map, and nil for
// null and unknown. As cannot fail, since the schema ensures the type.
func objectFromTF(value tftypes.Value) (object tfObject) {
	_ = value.As(&object)
	return object
}

// stringFromTF returns a string, and "" for null and unknown.
func stringFromTF(value tftypes.Value) (s string) {
	_ = value.As(&s)
	return s
}

// boolFromTF returns a bool, and false for null and unknown.
func boolFromTF(value tftypes.Value) (b bool) {
	_ = value.As(&b)
	return b
}

// hasTFValue reports whether value is neither unknown nor null. Null is known to tftypes.
func hasTFValue(value tftypes.Value) bool { return value.IsKnown() && !value.IsNull() }

func newString(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// stringOrNull returns null for "".
func stringOrNull(s string) tftypes.Value {
	if s == "" {
		return tftypes.NewValue(tftypes.String, nil)
	}
	return newString(s)
}

// terraformPrecision is the precision of Terraform's numbers in bits. With it, a literal in
// a response equals the same literal in a configuration.
const terraformPrecision = 512

// numberOrNull returns the number of a literal, and null for "", which the client
// returns for a literal that is not a number.
func numberOrNull(literal string) tftypes.Value {
	number, _, _ := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven) // nil, which is null, for ""
	return tftypes.NewValue(tftypes.Number, number)
}

// stringFromAttr returns the text of a string, or "" of any other value.
func stringFromAttr(value attr.Value) string {
	text, _ := value.(types.String)
	return text.ValueString()
}

// numberFromAttr returns the number of a known types.Number.
func numberFromAttr(value attr.Value) *big.Float {
	number, _ := value.(types.Number)
	return number.ValueBigFloat()
}

// hasAttrValue reports whether an attribute exists, and its value is neither unknown nor null.
func hasAttrValue(value attr.Value) bool {
	return value != nil && !value.IsNull() && !value.IsUnknown()
}
