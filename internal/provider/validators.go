// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The validators of the data sources' arguments, which the client validates too.
var (
	identifierValidator        = stringRule{juspay.ValidateIdentifier, "an identifier that can be one segment of a URL's path"}
	customerAccountIDValidator = stringRule{juspay.ValidateCustomerAccountID, "the id of one account"}
	headerValueValidator       = stringRule{juspay.ValidateHeaderValue, "a value that an HTTP header can hold"}
	durationValidator          = stringRule{validateDuration, "a Go duration greater than zero"}
)

func validateDuration(name, text string) error {
	// ParseDuration returns 0 with an error.
	if duration, _ := time.ParseDuration(text); duration <= 0 {
		return fmt.Errorf("%s must be a Go duration greater than zero, such as 90s or 10m", name)
	}
	return nil
}

// stringRule is a validator that calls check, such as a function of package juspay.
type stringRule struct {
	check       func(name, value string) error
	description string
}

func (r stringRule) Description(context.Context) string { return r.description }

func (r stringRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

func (r stringRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !isSet(req.ConfigValue) {
		return
	}
	if err := r.check(req.Path.String(), req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, summaryInvalid+req.Path.String(), err.Error()+".")
	}
}
