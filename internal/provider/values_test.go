// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestStringFromTF(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, value tftypes.Value) string { return stringFromTF(value) }, map[string]check.Row[tftypes.Value, string]{
		"a string":          {newString("x"), "x"},
		"null is empty":     {tftypes.NewValue(tftypes.String, nil), ""},
		"an unknown is too": {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), ""},
	})
}

func TestHasTFValue(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, value tftypes.Value) bool { return hasTFValue(value) }, map[string]check.Row[tftypes.Value, bool]{
		"a string":        {newString("x"), true},
		"an empty string": {newString(""), true},
		"null":            {tftypes.NewValue(tftypes.String, nil), false},
		"an unknown":      {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), false},
	})
}

func TestHasAttrValue(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, value attr.Value) bool { return hasAttrValue(value) }, map[string]check.Row[attr.Value, bool]{
		"a string":                     {types.StringValue("x"), true},
		"an empty string":              {types.StringValue(""), true},
		"null":                         {types.StringNull(), false},
		"an unknown":                   {types.StringUnknown(), false},
		"an attribute that is missing": {nil, false},
	})
}

func TestStringOrNull(t *testing.T) {
	t.Parallel()
	for text, isNull := range map[string]bool{"x": false, " ": false, "": true} {
		t.Run("the text "+text, func(t *testing.T) {
			t.Parallel()
			value := stringOrNull(text)
			check.Equal(t, "whether the value is null", value.IsNull(), isNull)
			check.Equal(t, "the text", stringFromTF(value), text)
		})
	}
}

// A number of a response equals the same literal in a configuration. Terraform keeps 512 bits of it.
func TestNumberOrNull(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{"1.10", "-0.5", "0", "1e30", "12345678901234567890.123456789"} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			var got *big.Float
			check.MustNoError(t, "numberOrNull", numberOrNull(literal).As(&got))
			want, _, err := big.ParseFloat(literal, 10, 512, big.ToNearestEven)
			check.MustNoError(t, "big.ParseFloat", err)
			if got.Cmp(want) != 0 {
				t.Errorf("the number: got %s, want %s", got.Text('g', 40), want.Text('g', 40))
			}
		})
	}
	t.Run("no literal is null", func(t *testing.T) {
		t.Parallel()
		check.Equal(t, "whether the number is null", numberOrNull("").IsNull(), true)
	})
}
