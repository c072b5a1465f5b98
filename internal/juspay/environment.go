// SPDX-License-Identifier: MPL-2.0

package juspay

// Environment is one of Juspay's own installations of the API. Keys belong to
// one environment and are rejected by the others.
type Environment struct {
	// Name is the value of the setting, such as "sandbox".
	Name string
	// BaseURL is the URL of its API, without a trailing slash.
	BaseURL string
}

// The environments of the reference page's "Endpoints" section.
var (
	Sandbox    = Environment{Name: "sandbox", BaseURL: "https://sandbox.juspay.in"}
	Production = Environment{Name: "production", BaseURL: "https://api.juspay.in"}
)

// Environments lists every environment, the default first.
func Environments() []Environment {
	return []Environment{Sandbox, Production}
}
