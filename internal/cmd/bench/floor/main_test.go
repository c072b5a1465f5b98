// SPDX-License-Identifier: MPL-2.0

package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// The benchmark compares the provider with a floor that sets every computed attribute too.
func TestRead_HasEachComputedAttribute(t *testing.T) {
	t.Parallel()
	f, err := newFloor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := f.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, attribute := range schemas.DataSourceSchemas["juspay_customer_account"].Block.Attributes {
		if _, isSet := read[attribute.Name]; isSet != attribute.Computed {
			t.Errorf("read in internal/cmd/bench/floor/main.go: got the attribute %s %t, want %t", attribute.Name, isSet, attribute.Computed)
		}
	}
}
