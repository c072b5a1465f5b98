// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
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

// One definition serves the data source and the ephemeral resource. Only the data source
// stores VPAs.
func TestEphemeralResources_HaveTheAttributesOfTheDataSources(t *testing.T) {
	t.Parallel()
	resp := validatedSchemas(t)
	for name, data := range resp.DataSourceSchemas {
		for _, a := range data.Block.Attributes {
			if a.Name == "vpa" || a.Name == "vpas" {
				a.Description = strings.Replace(a.Description, storedVPADescription, "Terraform does not store it.", 1)
			}
		}
		check.Equal(t, name, resp.EphemeralResourceSchemas[name].Block.Attributes, data.Block.Attributes)
	}
}
