// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"fmt"
)

// ConfigError reports a field of Config that cannot be used. It never has the value,
// which may be secret.
type ConfigError struct {
	// Field is the name of the field.
	Field string
	// Header is the canonical name of the header. It is empty unless Field is
	// RequestHeaders.
	Header string
	// Problem begins with the name of the field, as in "APIKey is empty". For
	// RequestHeaders, it names the header.
	Problem string
}

// Error returns the problem.
func (e *ConfigError) Error() string { return e.Problem }

// Validate returns a *ConfigError for each field that cannot be used, joined with
// errors.Join, or nil.
func (cfg Config) Validate() error {
	var errs []error
	check := func(field string, err error) {
		if err != nil {
			errs = append(errs, &ConfigError{Field: field, Problem: err.Error()})
		}
	}
	check("APIKey", ValidateAPIKey("APIKey", cfg.APIKey))
	_, err := NormalizeBaseURL("BaseURL", cfg.BaseURL)
	check("BaseURL", err)
	if cfg.MerchantID != "" {
		check("MerchantID", ValidateHeaderValue("MerchantID", cfg.MerchantID))
	}
	if cfg.UserAgent != "" {
		check("UserAgent", ValidateHeaderValue("UserAgent", cfg.UserAgent))
	}
	if cfg.HTTPSProxy != "" {
		check("HTTPSProxy", ValidateProxyURL("HTTPSProxy", cfg.HTTPSProxy))
	}
	switch cfg.UnknownFields {
	case "", ReportUnknownFields, RefuseUnknownFields, IgnoreUnknownFields:
	default:
		check("UnknownFields", fmt.Errorf("UnknownFields must be empty, %q, %q or %q", ReportUnknownFields, RefuseUnknownFields, IgnoreUnknownFields))
	}
	for _, entry := range cfg.AcceptedFields {
		check("AcceptedFields", ValidateAcceptedField("AcceptedFields", entry))
	}
	return errors.Join(append(errs, ValidateRequestHeaders(cfg.RequestHeaders)...)...)
}
