// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestValidatedWithin(t *testing.T) {
	t.Parallel()
	const (
		now          = "2026-03-31T12:00:00Z"
		badDuration  = `must be a Go duration of zero or more, such as "720h" for 30 days; there is no unit for days`
		badNow       = `must be a timestamp in RFC 3339, such as "2026-01-05T09:30:00Z"; pass plantimestamp()`
		badTimestamp = `must be a timestamp in RFC 3339, such as "2026-01-05T09:30:00Z", or null; pass last_validated of an account`
	)
	value := types.StringValue
	argumentError := func(argument int64, text string) *function.FuncError {
		return function.NewArgumentFuncError(argument, text)
	}
	for name, test := range map[string]struct {
		timestamp     types.String
		duration, now string
		want          bool
		err           *function.FuncError
	}{
		"a second ago":                                      {value("2026-03-31T11:59:59Z"), "1m", now, true, nil},
		"exactly the duration ago":                          {value("2026-03-31T11:00:00Z"), "1h", now, true, nil},
		"a nanosecond more than the duration ago":           {value("2026-03-31T10:59:59.999999999Z"), "1h", now, false, nil},
		"30 days ago across a change of months":             {value("2026-03-01T12:00:00Z"), "720h", now, true, nil},
		"31 days ago":                                       {value("2026-02-28T12:00:00Z"), "720h", now, false, nil},
		"now, with a duration of zero":                      {value(now), "0s", now, true, nil},
		"a second ago, with a duration of zero":             {value("2026-03-31T11:59:59Z"), "0s", now, false, nil},
		"exactly an hour in the future":                     {value("2026-03-31T13:00:00Z"), "1m", now, true, nil},
		"more than an hour in the future":                   {value("2026-03-31T13:00:01Z"), "720h", now, false, nil},
		"a timestamp in another zone":                       {value("2026-03-31T17:15:00+05:30"), "15m", now, true, nil},
		"now in another zone":                               {value("2026-03-31T11:45:00Z"), "15m", "2026-03-31T17:30:00+05:30", true, nil},
		"a timestamp that lies back longer than a duration": {value("0001-01-01T00:00:00Z"), "2562047h", now, false, nil},
		"a duration of several units":                       {value("2026-03-31T10:15:00Z"), "1h45m", now, true, nil},
		"a timestamp that is null":                          {types.StringNull(), "720h", now, false, nil},
		"an empty timestamp":                                {value(""), "720h", now, false, argumentError(0, badTimestamp)},
		"a date without a time":                             {value("2026-03-31"), "720h", now, false, argumentError(0, badTimestamp)},
		"a timestamp without a zone":                        {value("2026-03-31T11:59:59"), "720h", now, false, argumentError(0, badTimestamp)},
		"a decimal comma, which Terraform does not take":    {value("2026-03-31T11:59:59,5Z"), "720h", now, false, argumentError(0, badTimestamp)},
		"a day that does not exist":                         {value("2026-02-30T00:00:00Z"), "720h", now, false, argumentError(0, badTimestamp)},
		"a duration in days":                                {value(now), "30d", now, false, argumentError(1, badDuration)},
		"a duration without a unit":                         {value(now), "720", now, false, argumentError(1, badDuration)},
		"a negative duration":                               {value(now), "-1h", now, false, argumentError(1, badDuration)},
		"a bad duration, and the timestamp is null":         {types.StringNull(), "", now, false, argumentError(1, badDuration)},
		"now is not a timestamp":                            {value(now), "720h", "today", false, argumentError(2, badNow)},
		"now is empty, and the timestamp is null":           {types.StringNull(), "720h", "", false, argumentError(2, badNow)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := validatedWithin(test.timestamp, test.duration, test.now)
			check.Equal(t, "whether it was validated within the duration", got, test.want)
			check.Equal(t, "the error", err, test.err)
		})
	}
}

// Terraform calls the function without configuring the provider.
func TestValidatedWithin_Protocol(t *testing.T) {
	t.Parallel()
	encodeString := func(value any) *tfprotov6.DynamicValue {
		encoded := check.Must(tfprotov6.NewDynamicValue(tftypes.String, tfString(value)))
		return &encoded
	}
	call := func(t *testing.T, arguments ...*tfprotov6.DynamicValue) *tfprotov6.CallFunctionResponse {
		t.Helper()
		resp, err := newPlugin(nil).CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "validated_within", Arguments: arguments})
		check.MustNoError(t, "CallFunction", err)
		return resp
	}
	now := encodeString("2026-03-02T00:00:00Z")
	for name, test := range map[string]struct {
		timestamp *tfprotov6.DynamicValue
		want      bool
	}{
		"validated within the duration":           {encodeString("2026-03-01T00:00:00Z"), true},
		"validated before it":                     {encodeString("2026-01-01T00:00:00Z"), false},
		"never validated":                         {encodeString(nil), false},
		"never validated, as OpenTofu encodes it": {&tfprotov6.DynamicValue{}, false},
		"validated, encoded as JSON":              {&tfprotov6.DynamicValue{JSON: []byte(`"2026-03-01T00:00:00Z"`)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := call(t, test.timestamp, encodeString("720h"), now)
			if resp.Error != nil {
				t.Fatalf("got the error %q, want none", resp.Error.Text)
			}
			got, err := resp.Result.Unmarshal(tftypes.Bool)
			check.MustNoError(t, "Result.Unmarshal", err)
			check.Equal(t, "the result", got, tfBool(test.want))
		})
	}
	resp := call(t, encodeString("2026-03-01T00:00:00Z"), encodeString("30d"), now)
	if resp.Error == nil || resp.Error.FunctionArgument == nil || *resp.Error.FunctionArgument != 1 {
		t.Errorf("a duration in days: got the error %+v, want one about the argument 1", resp.Error)
	}
	// Terraform sends as many arguments as there are parameters; with fewer, there
	// is an error and no result.
	if resp := call(t, encodeString(nil)); resp.Error == nil || resp.Result != nil {
		t.Errorf("a single argument: got %+v, want an error and no result", resp)
	}
}

func TestValidatedWithin_ArgumentOfAnotherType(t *testing.T) {
	t.Parallel()
	var resp function.RunResponse
	arguments := function.NewArgumentsData([]attr.Value{types.BoolValue(true)})
	validatedWithinFunction{}.Run(t.Context(), function.RunRequest{Arguments: arguments}, &resp)
	if resp.Error == nil {
		t.Error("got no error, want one")
	}
}

// The definition is users' configurations, as the names of attributes are.
func TestValidatedWithin_IsTheOnlyFunction(t *testing.T) {
	t.Parallel()
	resp, err := newPlugin(nil).GetFunctions(t.Context(), &tfprotov6.GetFunctionsRequest{})
	check.MustNoError(t, "GetFunctions", err)
	checkSummaries(t, "the functions", resp.Diagnostics)
	for _, f := range resp.Functions {
		f.Summary, f.Description = "", ""
		for _, parameter := range f.Parameters {
			parameter.Description = ""
		}
	}
	check.Equal(t, "the functions", resp.Functions, map[string]*tfprotov6.Function{"validated_within": {
		DescriptionKind: tfprotov6.StringKindMarkdown,
		Return:          &tfprotov6.FunctionReturn{Type: tftypes.Bool},
		Parameters: []*tfprotov6.FunctionParameter{
			{Name: "timestamp", Type: tftypes.String, DescriptionKind: tfprotov6.StringKindMarkdown, AllowNullValue: true},
			{Name: "duration", Type: tftypes.String, DescriptionKind: tfprotov6.StringKindMarkdown},
			{Name: "now", Type: tftypes.String, DescriptionKind: tfprotov6.StringKindMarkdown},
		},
	}})
}

func TestAccValidatedWithin(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, `
variable "duration" {
  type    = string
  default = "720h"
}
output "results" {
  value = [for timestamp in ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", null] :
    provider::juspay::validated_within(timestamp, var.duration, "2026-03-02T00:00:00Z")
  ]
}
`, "JUSPAY_API_KEY=")
	w.Apply(0)
	check.Equal(t, "the results", w.Output("results"), any([]any{true, false, false}))
	check.Contains(t, "the output of plan", w.Plan(1, "-var", "duration=30d"),
		`Invalid value for "duration" parameter: must be a Go duration of zero or more, such as "720h" for 30 days; there is no unit for days.`)
	checkRequests(t, server, 0)
}
