// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// explain returns the explanation of an error, with its placeholders filled.
func explain(e *juspay.APIError, list bool) explanation {
	text := explanations[e.Reason]
	if list {
		text = cmp.Or(listExplanations[e.Reason], text)
	}
	timedOut := "{server} sent no complete response"
	if e.IsDNSTimeout {
		timedOut = "DNS did not resolve the host name of {server}"
	}
	text.cause = strings.ReplaceAll(text.cause, "{timedOut}", timedOut)
	fill := strings.NewReplacer(
		"{server}", serverName(e.BaseURL),
		"{status}", fmt.Sprint(e.StatusCode),
		"{error}", fmt.Sprint(e.Err),
		"{field}", responseField(e),
		"{untrusted}", untrustedRemedies[e.CertificateProblem],
		"{redirect}", cmp.Or(e.RedirectHost, "another address"),
		"{timeout}", e.Timeout.String(),
		"{network}", networkRemedy(e),
		"{certificate}", certificateRemedy(e),
		"{key}", keyRemedy(e),
		"{wait}", waitLongerRemedy(e),
		"{fault}", faultOwner(e),
		"{none}", noneExistsRemedy(e),
	)
	return explanation{text.summary, fill.Replace(text.cause), fill.Replace(text.remedy)}
}

// responseField names the field that makes a 200 response an error.
func responseField(e *juspay.APIError) string {
	if e.Err == nil {
		return ""
	}
	return "In the response, " + e.Err.Error() + ". "
}

// faultOwner names the server that caused a server error: Juspay sends errors as JSON, and
// a gateway as a page.
func faultOwner(e *juspay.APIError) string {
	if e.Code == "" && e.ContentType == "text/html" {
		return "The response is a page of a gateway in front of Juspay, which may not reach it."
	}
	return "The fault is on Juspay's side."
}

// environmentForURL returns the name of the environment with this URL, or "".
func environmentForURL(baseURL string) string {
	for _, environment := range juspay.Environments() {
		if environment.BaseURL == baseURL {
			return environment.Name
		}
	}
	return ""
}

func serverName(baseURL string) string {
	if environment := environmentForURL(baseURL); environment != "" {
		return fmt.Sprintf("%s (Juspay's %s)", baseURL, environment)
	}
	return baseURL
}

// keyRemedy returns the source of the key, and the server that the key must match.
func keyRemedy(e *juspay.APIError) string {
	source := "The key comes from the environment variable " + envKey + "."
	if e.APIKeySource == "api_key" {
		source = "The key comes from api_key in the configuration, which takes precedence over " + envKey + "."
	}
	server := "this server, or base_url (or " + envBaseURL + ") to the key's server"
	if environment := environmentForURL(e.BaseURL); environment != "" {
		server = environment + ", or environment (or " + envEnvironment + ") to the key's environment"
	}
	remedy := source + " It may be mistyped or revoked, or belong to another environment. Set it to a key of " + server +
		". Keys are created in the Juspay dashboard (Settings > Security)."
	if e.Code == "" && e.DeveloperMessage == "" {
		remedy += " The response has none of the details that Juspay sends, so a proxy may have sent it: check HTTPS_PROXY and NO_PROXY too."
	}
	return remedy
}

// networkRemedy names the settings and services that decide which server responds.
func networkRemedy(e *juspay.APIError) string {
	if environmentForURL(e.BaseURL) == "" {
		return "Check base_url (or " + envBaseURL + "), HTTPS_PROXY and NO_PROXY."
	}
	return "Check this machine's network: DNS, firewall, HTTPS_PROXY and NO_PROXY."
}

// certificateRemedy names the client certificate as a possible cause if the server
// requested one.
func certificateRemedy(e *juspay.APIError) string {
	switch {
	case !e.CertificateRequested:
		return ""
	case e.CertificateConfigured:
		return " The server requested a client certificate, and may not accept the one in client_cert_pem (or " + envClientCertPEM + ")."
	}
	return " The server requested a client certificate, and none is configured: it may require client_cert_pem and client_key_pem."
}

// noneExistsRemedy questions the environment if no account of many exists.
func noneExistsRemedy(e *juspay.APIError) string {
	if !e.AffectsAllReads() {
		return ""
	}
	return fmt.Sprintf("None of the first %d accounts exists: does the API key belong to this environment? ", juspay.MinAlikeResponses)
}

// waitLongerRemedy says when to run Terraform again if Retry-After exceeds the timeout of
// the read.
func waitLongerRemedy(e *juspay.APIError) string {
	if !e.RetryAfterTooLong {
		return ""
	}
	return fmt.Sprintf("Run Terraform again after %s, the Retry-After of the response, which is longer than timeouts.read allows. ", e.RetryAfter.Round(time.Second))
}
