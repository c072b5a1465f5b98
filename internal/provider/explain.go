// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// explain returns the explanation of an error in table, or else in explanations, with its placeholders
// filled. A text that may be empty contains the space that separates it from its neighbour.
func explain(e *juspay.APIError, table map[juspay.Reason]explanation) explanation {
	explained := cmp.Or(table[e.Reason], explanations[e.Reason])
	placeholders := strings.NewReplacer(
		"{server}", serverName(e.BaseURL),
		"{status}", fmt.Sprint(e.StatusCode),
		"{error}", fmt.Sprint(e.Err),
		"{timeout}", e.Timeout.String(),
		"{timeoutCause}", timeoutCause(e),
		"{certificatePhrase}", certificatePhrase(e),
		"{responseFieldHint}", responseFieldHint(e),
		"{untrustedRemedy}", untrustedRemedy(e),
		"{redirectCause}", redirectCause(e),
		"{throttledCause}", throttledCause(e),
		"{downRemedy}", downRemedy(e),
		"{notJuspayRemedy}", notJuspayRemedy(e),
		"{acceptRemedy}", acceptRemedy(e),
		"{networkRemedy}", networkRemedy(e),
		"{certificateRemedy}", certificateRemedy(e),
		"{keyRemedy}", keyRemedy(e),
		"{waitLongerRemedy}", waitLongerRemedy(e),
		"{faultSentence}", faultSentence(e),
		"{noneExistsRemedy}", noneExistsRemedy(e),
	)
	explained.cause, explained.remedy = placeholders.Replace(explained.cause), placeholders.Replace(explained.remedy)
	return explained
}

// timeoutCause says whether DNS or the server was too slow.
func timeoutCause(e *juspay.APIError) string {
	switch {
	case !e.IsDNSTimeout:
		return serverName(e.BaseURL) + " sent no complete response"
	case e.Proxy != "":
		return "DNS did not resolve the host name of the proxy for " + serverName(e.BaseURL)
	}
	return "DNS did not resolve the host name of " + serverName(e.BaseURL)
}

// certificatePhrase returns a phrase that says whose certificate is not trusted.
func certificatePhrase(e *juspay.APIError) string {
	return proxyOrServer(e, "of the proxy", "presented") + " for " + serverName(e.BaseURL)
}

// proxyOrServer returns the first text if the certificate is the proxy's, and else the second.
func proxyOrServer(e *juspay.APIError, proxy, server string) string {
	if e.IsProxyCertificate {
		return proxy
	}
	return server
}

// untrustedRemedy returns what to do about a certificate that does not verify.
func untrustedRemedy(e *juspay.APIError) string {
	return strings.ReplaceAll(untrustedRemedies[e.CertificateProblem], "{address}", proxyOrServer(e, "HTTPS_PROXY", "base_url (or "+envBaseURL+")"))
}

// responseFieldHint returns a sentence that names the field that makes a 200 response an error.
func responseFieldHint(e *juspay.APIError) string {
	if e.Err == nil {
		return ""
	}
	return "In the response, " + e.Err.Error() + ". "
}

// faultSentence returns a sentence that names the server that caused a server error: Juspay sends errors as JSON, and
// a gateway as a page.
func faultSentence(e *juspay.APIError) string {
	if e.Code == "" && e.ContentType != "" && !strings.Contains(e.ContentType, "json") {
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

// serverName returns the URL of a server, with the name of its environment if it is Juspay's.
func serverName(baseURL string) string {
	if environment := environmentForURL(baseURL); environment != "" {
		return fmt.Sprintf("%s (Juspay's %s)", baseURL, environment)
	}
	return baseURL
}

// keyRemedy returns the source of the key, and the server that the key must match.
func keyRemedy(e *juspay.APIError) string {
	source := "The key comes from the environment variable " + envAPIKey + "."
	if e.APIKeySource == "api_key" {
		source = "The key comes from api_key in the configuration, which takes precedence over " + envAPIKey + "."
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
// requested one, or may have done so after the handshake.
func certificateRemedy(e *juspay.APIError) string {
	switch {
	case !e.CertificateRequested && e.CertificateConfigured && e.StatusCode == 403:
		return " The server requested no client certificate in the handshake. " +
			"If it requires one for some paths only, as Apache with SSLVerifyClient in a Location, its operator must require it for the whole host, " +
			"or use TLS 1.2 there: " +
			"the provider cannot present one after a handshake of TLS 1.3."
	case !e.CertificateRequested:
		return ""
	case e.CertificateConfigured:
		return " The server requested a client certificate, and may not accept the one in client_cert_pem (or " + envClientCertPEM + ")."
	}
	return " The server requested a client certificate, and none is configured: it may require client_cert_pem and client_key_pem."
}

// noneExistsRemedy questions the environment after a shared 404: juspay.MinAlikeResponses reads got it, and none
// found an account.
func noneExistsRemedy(e *juspay.APIError) string {
	if !e.IsShared() {
		return ""
	}
	return fmt.Sprintf("None of the first %d accounts exists: does the API key belong to this environment? ", juspay.MinAlikeResponses)
}

// waitLongerRemedy says when to run Terraform again if Retry-After exceeds the timeout of
// the read, or is a minute or longer.
func waitLongerRemedy(e *juspay.APIError) string {
	switch {
	case e.RetryAfterTooLong:
		return fmt.Sprintf("Run Terraform again after %s, the Retry-After of the response, which is longer than timeouts.read allows. ", displayWait(e.RetryAfter))
	case e.RetryAfter >= time.Minute:
		return fmt.Sprintf("Run Terraform again after %s, the Retry-After of the response. ", displayWait(e.RetryAfter))
	}
	return ""
}

// displayWait returns a wait as text. Nobody waits for years, which a server can send.
func displayWait(wait time.Duration) string {
	const year = 365 * 24 * time.Hour
	if wait > year {
		return "more than a year"
	}
	return wait.Round(time.Second).String()
}

// isBare503 reports whether a response has the status 503 and says nothing else: gateways
// send it for too many requests, and while the server behind them is down.
func isBare503(e *juspay.APIError) bool {
	return e.StatusCode == 503 && e.Code == ""
}

// throttledCause says what the status of a throttled request may mean.
func throttledCause(e *juspay.APIError) string {
	if isBare503(e) {
		return "as gateways do for too many requests, and while the server is down"
	}
	return "as for too many requests"
}

// downRemedy says what to do if the server is down, which a bare 503 may mean too.
func downRemedy(e *juspay.APIError) string {
	if isBare503(e) {
		return "If no other account can be read either, the server may be down: run Terraform again later. "
	}
	return ""
}

// notJuspayRemedy names who may have responded in Juspay's place.
func notJuspayRemedy(e *juspay.APIError) string {
	encodingHint := ""
	if e.Err != nil {
		encodingHint = "The details may be there, but " + e.Err.Error() + ". "
	}
	switch e.StatusCode {
	case 304:
		return "The status means that nothing changed since an earlier response, although the request had no condition. " +
			"Have the operator of the cache or proxy in front of Juspay exclude this API."
	case 511:
		return "This machine's network requires a sign-in (a captive portal): open a web page in a browser, or use another network."
	case 404:
		return encodingHint + "A gateway that does not know this path, or a web server, may have responded in Juspay's place. " +
			"This does not mean that the account was deleted."
	}
	return encodingHint + "A firewall or a proxy may have responded in Juspay's place."
}

// redirectCause names the host that the server redirects to.
func redirectCause(e *juspay.APIError) string {
	return serverName(e.BaseURL) + " redirects to " + cmp.Or(e.RedirectHost, "another address")
}

// acceptRemedy names the entry of accepted_fields that accepts a field.
func acceptRemedy(e *juspay.APIError) string {
	if e.AcceptedField == "" {
		return ""
	}
	remedy := fmt.Sprintf(" If Juspay confirms that it does not matter, add %s to accepted_fields in the provider block.", quoteEntry(e.AcceptedField))
	if strings.HasSuffix(e.AcceptedField, "=VALUE") {
		remedy += " VALUE is the value that Juspay sent. It is not shown, because it may be personal."
	}
	return remedy
}

// literalEscapes are the characters that Terraform's language does not read as they are.
var literalEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{")

// quoteEntry returns an entry of accepted_fields as a literal of Terraform's language. That
// language must not decode the escapes of a name: the client decodes them, after it has split
// the entry at its first "=".
func quoteEntry(entry string) string {
	return `"` + literalEscapes.Replace(entry) + `"`
}
