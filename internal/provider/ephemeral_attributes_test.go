// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestEphemeralAttributes_UnknownTypePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		check.Equal(t, "the panic", recover(), "the attribute x is a schema.ListAttribute, which ephemeralAttributes does not convert")
	}()
	ephemeralAttributes(map[string]schema.Attribute{"x": schema.ListAttribute{}})
}
