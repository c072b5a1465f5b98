// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

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

// unknownSettings reports the settings that are known only after apply.
func (b blockValues) unknownSettings() diag.Diagnostics {
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

// missingKey reports that no key was given, or an empty one.
func (b blockValues) missingKey(getenv func(string) string) diag.Diagnostics {
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
