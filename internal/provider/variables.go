// SPDX-License-Identifier: MPL-2.0

package provider

// The environment variables of the settings. Juspay's own tools use the same names.
const (
	envKey             = "JUSPAY_API_KEY"
	envEnvironment     = "JUSPAY_ENV"
	envBaseURL         = "JUSPAY_BASE_URL"
	envMerchantID      = "JUSPAY_MERCHANT_ID"
	envCACertPEM       = "JUSPAY_CA_CERT_PEM"
	envClientCertPEM   = "JUSPAY_CLIENT_CERT_PEM"
	envClientKeyPEM    = "JUSPAY_CLIENT_KEY_PEM" //nolint:gosec // the name of a variable
	envAppendUserAgent = "TF_APPEND_USER_AGENT"  // Terraform's own, for all providers
)
