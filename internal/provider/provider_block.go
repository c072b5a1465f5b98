// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerSchema returns the schema of the provider block: an attribute for each setting.
func providerSchema() schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, s := range settings {
		description := s.description
		if s.variable != "" {
			description += " Environment variable: `" + s.variable + "`."
		}
		switch s.valueType {
		case nil:
			attributes[s.attribute] = schema.StringAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive}
		case types.NumberType:
			attributes[s.attribute] = schema.NumberAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive}
		case headersType:
			attributes[s.attribute] = schema.MapAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive, ElementType: types.StringType}
		case acceptedFieldsType:
			attributes[s.attribute] = schema.ListAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive, ElementType: types.StringType}
		default:
			panic(fmt.Sprintf("the setting %s is of the type %s, which providerSchema does not convert", s.attribute, s.valueType))
		}
	}
	return schema.Schema{
		MarkdownDescription: "Reads the customer accounts (UPI addresses and bank accounts) that Juspay stores for customers. " +
			"Configurations and policies can then assert that an account is `ACTIVE` before money moves. " +
			"The provider is read-only: it has no resources, and the only HTTP method that it sends is GET.",
		Attributes: attributes,
	}
}

// blockValues has the values of the provider block, keyed by attribute.
type blockValues map[string]attr.Value

// newBlockValues returns the values of a provider block. If the block as a whole is
// unknown, every value is. A block without one of the attributes is an error: the setting
// would otherwise be ignored.
func newBlockValues(block types.Object) (blockValues, diag.Diagnostics) {
	values := blockValues(block.Attributes())
	for _, s := range settings {
		switch {
		case block.IsUnknown():
			values[s.attribute] = types.StringUnknown()
		case values[s.attribute] == nil:
			return nil, diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
				"The provider block has no attribute "+s.attribute+"."+remedyReportBug)}
		}
	}
	return values, nil
}

// isUnknown reports whether an attribute, or one of its elements, is unknown.
func (b blockValues) isUnknown(attribute string) bool {
	headers, _ := b[attribute].(types.Map)
	fields, _ := b[attribute].(types.List)
	return b[attribute] != nil && b[attribute].IsUnknown() ||
		slices.ContainsFunc(slices.Collect(maps.Values(headers.Elements())), attr.Value.IsUnknown) ||
		slices.ContainsFunc(fields.Elements(), attr.Value.IsUnknown)
}

// unknownSettingErrors returns an error for each setting that is known only after apply.
func (b blockValues) unknownSettingErrors() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, s := range settings {
		if !b.isUnknown(s.attribute) {
			continue
		}
		remedy := "set it to a literal"
		if s.variable != "" {
			remedy = "remove it from the provider block and set the environment variable " + s.variable
		}
		diags.AddError(summaryUnknown+s.attribute,
			fmt.Sprintf("This account is read during plan, but the provider's %s is known only after apply.\n\n"+
				"Either %s, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.", s.attribute, remedy))
	}
	return withHelp(sectionConfiguration, diags)
}

// missingKeyError returns an error if no key was given, or an empty one.
func (b blockValues) missingKeyError(getenv func(string) string) diag.Diagnostics {
	key, source := apiKeySetting.resolve(b, getenv)
	if b.isUnknown("api_key") || strings.TrimSpace(stringFromAttr(key)) != "" {
		return nil
	}
	detail := "The environment variable " + envAPIKey + " is not set or is empty. Set it to an API key of the environment that you read from."
	if source == "api_key" {
		detail = "api_key is empty. Set it to an API key, or remove it and set the environment variable " + envAPIKey + "."
	}
	// Reads report this error, and their configuration has no attribute api_key.
	return withHelp(sectionAuthentication, diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+"api_key",
		detail+" Keys are created in the Juspay dashboard (Settings > Security).")})
}
