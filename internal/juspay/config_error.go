// SPDX-License-Identifier: MPL-2.0

package juspay

// ConfigError reports a field of Config that cannot be used. It never has the value,
// which may be secret, but for the names of headers and of accepted fields.
type ConfigError struct {
	// Field is the name of the field.
	Field string
	// Header is the canonical name of the header, with "-" for "_". It is empty unless Field
	// is RequestHeaders.
	Header string
	// Problem begins with the name of the field, as in "APIKey is empty". For
	// RequestHeaders, it names the header.
	Problem string
}

// Error returns the problem.
func (e *ConfigError) Error() string { return e.Problem }
