// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// stringOf returns the text of a string, or "" of any other value.
func stringOf(value attr.Value) string {
	text, _ := value.(types.String)
	return text.ValueString()
}

// numberOf returns the number of a known types.Number.
func numberOf(value attr.Value) *big.Float {
	number, _ := value.(types.Number)
	return number.ValueBigFloat()
}

// isSet reports whether an attribute exists, and its value is neither unknown nor null.
func isSet(value attr.Value) bool {
	return value != nil && !value.IsNull() && !value.IsUnknown()
}
