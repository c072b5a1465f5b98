// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// maxClockSkew is how far a timestamp may lie in the future, because the clocks
// of Juspay and of the machine that runs Terraform differ.
const maxClockSkew = time.Hour

var _ function.Function = validatedWithinFunction{}

// validatedWithinFunction is provider::juspay::validated_within. It needs no client.
type validatedWithinFunction struct{}

func newValidatedWithinFunction() function.Function {
	return validatedWithinFunction{}
}

func (validatedWithinFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "validated_within"
}

func (validatedWithinFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Whether an account was validated within a duration",
		MarkdownDescription: "Returns true if `timestamp` is at most `duration` before `now`, and not more than an hour after it. " +
			"Returns false for null, the value of `last_validated` before the first validation.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "timestamp",
				MarkdownDescription: "Timestamp in RFC 3339, such as `last_validated` of an account. May be null.",
				AllowNullValue:      true,
			},
			function.StringParameter{
				Name:                "duration",
				MarkdownDescription: "Maximum age as a Go duration with its unit, such as `720h` for 30 days. The largest unit is `h`.",
			},
			function.StringParameter{
				Name:                "now",
				MarkdownDescription: "Current time as a timestamp in RFC 3339: `plantimestamp()`, or a literal in a test.",
			},
		},
		Return: function.BoolReturn{},
	}
}

func (validatedWithinFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var timestamp types.String
	var duration, now string
	resp.Error = req.Arguments.Get(ctx, &timestamp, &duration, &now)
	if resp.Error != nil {
		return
	}
	within, err := validatedWithin(timestamp, duration, now)
	if err != nil {
		resp.Error = err
		return
	}
	resp.Error = resp.Result.Set(ctx, within)
}

// validatedWithin reports whether timestamp is at most duration before now. It checks all
// arguments first, so that a mistake shows for null too. The CLI puts the name of the
// argument before an error's text, and a period after it.
func validatedWithin(timestamp types.String, duration, now string) (bool, *function.FuncError) {
	maxAge, err := time.ParseDuration(duration)
	if err != nil || maxAge < 0 {
		return false, function.NewArgumentFuncError(1, `must be a Go duration of zero or more, such as "720h" for 30 days; there is no unit for days`)
	}
	current, ok := parseTimestamp(now)
	if !ok {
		return false, function.NewArgumentFuncError(2, `must be a timestamp in RFC 3339, such as "2026-01-05T09:30:00Z"; pass plantimestamp()`)
	}
	if timestamp.IsNull() {
		return false, nil
	}
	validated, ok := parseTimestamp(timestamp.ValueString())
	if !ok {
		return false, function.NewArgumentFuncError(0, `must be a timestamp in RFC 3339, such as "2026-01-05T09:30:00Z", or null; pass last_validated of an account`)
	}
	return !validated.Before(current.Add(-maxAge)) && !validated.After(current.Add(maxClockSkew)), nil
}
