// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
)

// ephemeralAttributes converts a data source's attributes to the framework's types for
// ephemeral resources.
func ephemeralAttributes(dataSource map[string]datasource.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range dataSource {
		switch a := attribute.(type) {
		case datasource.StringAttribute:
			attributes[name] = schema.StringAttribute{
				MarkdownDescription: a.MarkdownDescription, Required: a.Required, Optional: a.Optional, Computed: a.Computed, Validators: a.Validators,
			}
		case datasource.MapAttribute:
			attributes[name] = schema.MapAttribute{
				MarkdownDescription: a.MarkdownDescription, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, ElementType: a.ElementType,
			}
		case datasource.NumberAttribute:
			attributes[name] = schema.NumberAttribute{MarkdownDescription: a.MarkdownDescription, Computed: a.Computed}
		case datasource.BoolAttribute:
			attributes[name] = schema.BoolAttribute{MarkdownDescription: a.MarkdownDescription, Optional: a.Optional, Computed: a.Computed}
		case datasource.SingleNestedAttribute:
			attributes[name] = schema.SingleNestedAttribute{
				MarkdownDescription: a.MarkdownDescription, Optional: a.Optional, Attributes: ephemeralAttributes(a.Attributes),
			}
		default:
			panic(fmt.Sprintf("the attribute %s is a %T, which ephemeralAttributes does not convert", name, a))
		}
	}
	return attributes
}
