// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestMissingKeyError(t *testing.T) {
	t.Parallel()
	const (
		help  = "\n\n  Help: https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md#authentication"
		unset = "-: Missing api_key: The environment variable JUSPAY_API_KEY is not set or is empty. Set it to an API key of the environment " +
			"that you read from. Keys are created in the Juspay dashboard (Settings > Security)." + help
		empty = "-: Missing api_key: api_key is empty. Set it to an API key, or remove it and set the environment variable JUSPAY_API_KEY. " +
			"Keys are created in the Juspay dashboard (Settings > Security)." + help
	)
	for name, test := range map[string]struct {
		key  types.String
		env  string
		want []string
	}{
		"a key in the configuration":           {types.StringValue("fake"), "", nil},
		"a key in the environment":             {types.StringNull(), "fake", nil},
		"an unknown key":                       {types.StringUnknown(), "", nil},
		"a key nowhere":                        {types.StringNull(), "", []string{unset}},
		"only whitespace":                      {types.StringNull(), " \n", []string{unset}},
		"an empty key, one in the environment": {types.StringValue(" "), "fake", []string{empty}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := blockValues{"api_key": test.key}
			env := environ(map[string]string{"JUSPAY_API_KEY": test.env})
			checkDiagnostics(t, model.missingKeyError(env), test.want...)
			_, diags := model.clientConfig(env)
			checkDiagnostics(t, diags)
		})
	}
}

func TestUnknownSettingErrors(t *testing.T) {
	t.Parallel()
	unknown := types.StringUnknown()
	everything := blockValues{}
	var want []string
	for _, s := range settings {
		switch s.valueType {
		case types.NumberType:
			everything[s.attribute] = types.NumberUnknown()
		case headersType:
			everything[s.attribute] = headersOf(map[string]attr.Value{"X-A": unknown})
		case acceptedFieldsType:
			everything[s.attribute] = types.ListValueMust(types.StringType, []attr.Value{unknown})
		default:
			everything[s.attribute] = unknown
		}
		instead := "set it to a literal"
		if s.variable != "" {
			instead = "remove it from the provider block and set the environment variable " + s.variable
		}
		want = append(want, "-: Unknown "+s.attribute+": This account is read during plan, but the provider's "+s.attribute+" is known only after "+
			"apply.\n\n"+
			"Either "+instead+", or first apply the resource that its value comes from: terraform apply -target=ADDRESS."+helpConfiguration)
	}
	checkDiagnostics(t, everything.unknownSettingErrors(), want...)
	whole, diags := newBlockValues(types.ObjectUnknown(nil))
	checkDiagnostics(t, append(diags, whole.unknownSettingErrors()...), want...)
	_, diags = everything.clientConfig(environ(nil))
	checkDiagnostics(t, diags)
}
