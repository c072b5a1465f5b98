// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func listOf(texts ...string) types.List {
	elements := []attr.Value{}
	for _, text := range texts {
		elements = append(elements, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, elements)
}

func headersOf(headers map[string]attr.Value) types.Map {
	return types.MapValueMust(types.StringType, headers)
}

// Each setting, from each source. The whole configuration is compared, so that no
// setting goes where another belongs.
func TestClientConfig(t *testing.T) {
	t.Parallel()
	type env = map[string]string
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	otherCert, otherKey := authority.Issue(t)
	value := types.StringValue
	certificates := blockValues{"ca_cert_pem": value(authority.CertPEM), "client_cert_pem": value(cert), "client_key_pem": value(key)}
	certificatesEnv := env{"JUSPAY_CA_CERT_PEM": otherCert, "JUSPAY_CLIENT_CERT_PEM": otherCert, "JUSPAY_CLIENT_KEY_PEM": otherKey}
	const bank, otherBank, production = "https://bank.example", "https://other.example", "https://api.juspay.in"

	type change = func(*juspay.Config)
	none := func(*juspay.Config) {}
	hasKey := func(key, source string) change {
		return func(c *juspay.Config) { c.APIKey, c.APIKeySource = key, source }
	}
	hasURL := func(url string) change { return func(c *juspay.Config) { c.BaseURL = url } }
	hasMerchant := func(id string) change { return func(c *juspay.Config) { c.MerchantID = id } }
	hasHeaders := func(headers map[string]string) change { return func(c *juspay.Config) { c.RequestHeaders = headers } }
	hasProxy := func(proxy, except string) change {
		return func(c *juspay.Config) { c.HTTPSProxy, c.NoProxy = proxy, except }
	}
	hasCertificates := func(ca, cert, key string) change {
		pair := check.Must(tls.X509KeyPair([]byte(cert), []byte(key)))
		return func(c *juspay.Config) {
			c.RootCAs, c.ClientCertificate, c.ExtraSecrets = poolOf(t, ca), &pair, secretLines(key)
		}
	}
	// changed is a certificate in variables, whose text is changed as editors and shells do.
	changed := func(replacements ...string) env {
		change := strings.NewReplacer(replacements...).Replace
		return env{"JUSPAY_CA_CERT_PEM": change("^" + cert + "$"), "JUSPAY_CLIENT_CERT_PEM": change("^" + cert + "$"), "JUSPAY_CLIENT_KEY_PEM": change("^" + key +
			"$")}
	}
	rows := map[string]struct {
		model blockValues
		env   env
		want  change
	}{
		"the defaults": {blockValues{}, nil, func(c *juspay.Config) {
			*c = juspay.Config{BaseURL: "https://sandbox.juspay.in", RequestTimeout: juspay.DefaultRequestTimeout,
				MaxRetries: juspay.DefaultMaxRetries, MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests}
		}},
		"a key of the variable":          {blockValues{}, env{"JUSPAY_API_KEY": "fake-env"}, hasKey("fake-env", "JUSPAY_API_KEY")},
		"a configured key":               {blockValues{"api_key": value("fake")}, nil, hasKey("fake", "api_key")},
		"a configured key first":         {blockValues{"api_key": value("fake")}, env{"JUSPAY_API_KEY": "fake-env"}, hasKey("fake", "api_key")},
		"a key between whitespace":       {blockValues{"api_key": value("\t fake\r\n")}, nil, hasKey("fake", "api_key")},
		"sandbox of the variable":        {blockValues{}, env{"JUSPAY_ENV": "sandbox"}, none},
		"production by variable":         {blockValues{}, env{"JUSPAY_ENV": "production"}, hasURL(production)},
		"configured production":          {blockValues{"environment": value("production")}, nil, hasURL(production)},
		"configured sandbox":             {blockValues{"environment": value("sandbox")}, nil, none},
		"configured sandbox first":       {blockValues{"environment": value("sandbox")}, env{"JUSPAY_ENV": "production"}, none},
		"production first":               {blockValues{"environment": value("production")}, env{"JUSPAY_ENV": "sandbox"}, hasURL(production)},
		"a URL of the variable":          {blockValues{}, env{"JUSPAY_BASE_URL": otherBank + "/"}, hasURL(otherBank)},
		"a configured URL":               {blockValues{"base_url": value(bank + "/")}, nil, hasURL(bank)},
		"a configured URL first":         {blockValues{"base_url": value(bank)}, env{"JUSPAY_BASE_URL": otherBank}, hasURL(bank)},
		"a URL beats JUSPAY_ENV":         {blockValues{"base_url": value(bank)}, env{"JUSPAY_ENV": "production"}, hasURL(bank)},
		"a URL beats both":               {blockValues{"base_url": value(bank)}, env{"JUSPAY_ENV": "production", "JUSPAY_BASE_URL": otherBank}, hasURL(bank)},
		"a URL beats a bad one":          {blockValues{"base_url": value(bank)}, env{"JUSPAY_ENV": "prod"}, hasURL(bank)},
		"an unknown URL beats a bad one": {blockValues{"base_url": types.StringUnknown()}, env{"JUSPAY_ENV": "prod"}, hasURL(juspay.Sandbox.BaseURL)},
		"an unknown URL":                 {blockValues{"base_url": types.StringUnknown(), "environment": value("production")}, nil, hasURL(production)},
		"a merchant by variable":         {blockValues{}, env{"JUSPAY_MERCHANT_ID": "env-shop"}, hasMerchant("env-shop")},
		"a configured merchant":          {blockValues{"merchant_id": value("shop")}, nil, hasMerchant("shop")},
		"configured merchant first":      {blockValues{"merchant_id": value("shop")}, env{"JUSPAY_MERCHANT_ID": "env-shop"}, hasMerchant("shop")},
		"a timeout":                      {blockValues{"request_timeout": value("1m30s")}, nil, func(c *juspay.Config) { c.RequestTimeout = 90 * time.Second }},
		"the least": {blockValues{"max_retries": attrNumber("0"), "max_concurrent_requests": attrNumber("1")}, nil,
			func(c *juspay.Config) { c.MaxRetries, c.MaxConcurrentRequests = 0, 1 }},
		"the most": {blockValues{"max_retries": attrNumber("10"), "max_concurrent_requests": attrNumber("256")}, nil,
			func(c *juspay.Config) { c.MaxRetries, c.MaxConcurrentRequests = 10, 256 }},
		"a low rate":  {blockValues{"requests_per_second": attrNumber("0.5")}, nil, func(c *juspay.Config) { c.RequestsPerSecond = 0.5 }},
		"a high rate": {blockValues{"requests_per_second": attrNumber("1e300")}, nil, func(c *juspay.Config) { c.RequestsPerSecond = 1e300 }},

		"certificates of variables":        {blockValues{}, certificatesEnv, hasCertificates(otherCert, otherCert, otherKey)},
		"configured certificates":          {certificates, nil, hasCertificates(authority.CertPEM, cert, key)},
		"configured certificates first":    {certificates, certificatesEnv, hasCertificates(authority.CertPEM, cert, key)},
		"a certificate and an unknown key": {blockValues{"client_cert_pem": value(cert), "client_key_pem": types.StringUnknown()}, nil, none},
		"a key and an unknown certificate": {blockValues{"client_cert_pem": types.StringUnknown(), "client_key_pem": value(key)}, nil,
			func(c *juspay.Config) { c.ExtraSecrets = secretLines(key) }},
		"a key from elsewhere than the certificate": {
			blockValues{"ca_cert_pem": value(cert), "client_cert_pem": value(cert)}, env{"JUSPAY_CLIENT_KEY_PEM": key}, hasCertificates(cert, cert, key)},

		"newlines written as \\n":           {blockValues{}, changed("^", "", "$", "", "\n", `\n`), hasCertificates(cert, cert, key)},
		"a byte order mark":                 {blockValues{}, changed("^", "\ufeff", "$", ""), hasCertificates(cert, cert, key)},
		"indentation":                       {blockValues{}, changed("^", "    ", "$", "", "\n", "\n    "), hasCertificates(cert, cert, key)},
		"line breaks of Windows":            {blockValues{}, changed("^", "", "$", "", "\n", "\r\n"), hasCertificates(cert, cert, key)},
		"a mark, newlines written and tabs": {blockValues{}, changed("^", "\ufeff  ", "$", "", "\n", " \\n\t"), hasCertificates(cert, cert, key)},
		"whitespace around certificates":    {blockValues{}, changed("^", "\n\n", "$", "\n\n"), hasCertificates(cert, cert, key)},

		"a key with a line break of Windows": {blockValues{}, env{"JUSPAY_API_KEY": "fake-env\r\n"}, hasKey("fake-env", "JUSPAY_API_KEY")},
		"an environment with a line break":   {blockValues{}, env{"JUSPAY_ENV": "production\r\n"}, hasURL(production)},
		"a URL with a line break":            {blockValues{}, env{"JUSPAY_BASE_URL": otherBank + "\n"}, hasURL(otherBank)},
		"a merchant with a line break":       {blockValues{}, env{"JUSPAY_MERCHANT_ID": "env-shop\r"}, hasMerchant("env-shop")},
		"a proxy with a line break":          {blockValues{}, env{"HTTPS_PROXY": "http://a\r\n"}, hasProxy("http://a", "")},
		"variables of whitespace": {blockValues{}, env{"JUSPAY_API_KEY": " \r\n", "JUSPAY_ENV": "\n", "JUSPAY_BASE_URL": " ",
			"JUSPAY_MERCHANT_ID": "\t"}, none},

		"unknown fields are errors":  {blockValues{"unknown_fields": value("error")}, nil, func(c *juspay.Config) { c.UnknownFields = fields.RejectUnknown }},
		"unknown fields are ignored": {blockValues{"unknown_fields": value("ignore")}, nil, func(c *juspay.Config) { c.UnknownFields = fields.IgnoreUnknown }},
		"unknown fields are named":   {blockValues{"unknown_fields": value("warn")}, nil, func(c *juspay.Config) { c.UnknownFields = fields.ReportUnknown }},
		"accepted fields": {blockValues{"accepted_fields": listOf("hold_reason", "is_active=false")}, nil,
			func(c *juspay.Config) { c.AcceptedFields = []string{"hold_reason", "is_active=false"} }},
		"no accepted fields": {blockValues{"accepted_fields": listOf()}, nil, none},

		"headers": {blockValues{"request_headers": headersOf(map[string]attr.Value{"version": value("2019-05-07"), "X-A": value("b cd")})}, nil,
			hasHeaders(map[string]string{"version": "2019-05-07", "X-A": "b cd"})},
		"null headers":    {blockValues{"request_headers": types.MapNull(types.StringType)}, nil, none},
		"unknown headers": {blockValues{"request_headers": types.MapUnknown(types.StringType)}, nil, hasHeaders(nil)},
		"an unknown header": {blockValues{"request_headers": headersOf(map[string]attr.Value{"version": value("1"), "X-A": types.StringUnknown()})}, nil,
			hasHeaders(nil)},

		"a proxy in upper case": {blockValues{}, env{"HTTPS_PROXY": "http://a", "NO_PROXY": "b"}, hasProxy("http://a", "b")},
		"a proxy in lower case": {blockValues{}, env{"https_proxy": "http://a", "no_proxy": "b"}, hasProxy("http://a", "b")},
		"a proxy in both cases": {blockValues{}, env{"HTTPS_PROXY": "http://a", "https_proxy": "http://c:x", "NO_PROXY": "b", "no_proxy": "d"},
			hasProxy("http://a", "b")},
		"a proxy for http is not used": {blockValues{}, env{"HTTP_PROXY": "http://a"}, none},
	}
	used := map[string]bool{}
	for name, test := range rows {
		maps.Copy(used, namesOf(test.model))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, _ := blockValues{}.clientConfig(environ(nil)) // the defaults
			test.want(&want)
			got, diags := test.model.clientConfig(environ(test.env))
			checkDiagnostics(t, diags)
			check.Equal(t, "the configuration", got, want)
		})
	}
	checkEachSetting(t, used)
}

func namesOf(block blockValues) map[string]bool {
	names := map[string]bool{}
	for name := range block {
		names[name] = true
	}
	return names
}

// checkEachSetting fails unless a row of a table has each setting.
func checkEachSetting(t *testing.T, used map[string]bool) {
	t.Helper()
	for _, s := range settings {
		if !used[s.attribute] {
			t.Errorf("got no row with the setting %s, want at least one", s.attribute)
		}
	}
}

// poolOf returns the system's authorities and those in text.
func poolOf(t *testing.T, text string) *x509.CertPool {
	t.Helper()
	return check.Must(juspay.NewCertPool(check.Must(juspay.ParseCertificates("it", text))))
}

// secretLines returns the lines of a key without its header and footer.
func secretLines(key string) []string {
	lines := strings.Split(strings.TrimSpace(key), "\n")
	return lines[1 : len(lines)-1]
}

// helpConfiguration ends each error about a setting.
const helpConfiguration = "\n\n  Help: https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md#configuration"

// TestClientConfig_Invalid has a row for each message, and for each place where it is
// shown. TestClientConfig_HostileValues has more values.
func TestClientConfig_Invalid(t *testing.T) {
	t.Parallel()
	// One row has the sentence as text, so that a new environment fails in that row alone.
	choose := " It must be " + environmentList(juspay.Environments(), "%[1]q") + ". For any other server, set base_url instead."
	noneOf := "environment is none of these: " + environmentList(juspay.Environments(), "%[1]q") + ". For any other server, set base_url instead."
	const (
		colon = " contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it. Copy the key again from the " +
			"Juspay dashboard."
		chars      = " contains whitespace, a control character or a character outside ASCII. Copy the key again from the Juspay dashboard."
		notShown   = " is another value, which is not shown because it may be secret."
		chooseWord = ` It must be "warn", "error" or "ignore".`
		password   = " must not hold a user name or password; the API key is sent separately."
		scheme     = " must begin with https:// (or, for a server on this machine, http://)."
		control    = " must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header."
		duration   = ` It must be a Go duration greater than zero, with a unit, such as "30s", "500ms" or "1m30s".`
		count      = " It must be a whole number from 0 to 10."
		above      = " It must be greater than 0. For no limit, remove it."
		inFlight   = " It must be a whole number from 1 to 256."
		both       = " are both set, and each selects the server to read from. Remove or unset one of them."
		notPEM     = ` is not PEM, which begins with "-----BEGIN "; pass the content of the file, in a configuration with file("name.pem"), and not its name.`
		hasKey     = ` must hold only certificates, but holds a block of the type "PRIVATE KEY".`
		headers    = "-: Invalid request_headers: request_headers: the "
		quoted     = " begins and ends with a quotation mark, which is part of its value. Remove the quotation marks."
		schemes    = " must begin with http://, https://, socks5:// or socks5h://. Correct the variable, or unset it."
		proxyURL   = " must be a URL such as http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, without whitespace; in a user name or " +
			`password, percent-encode every character other than a letter or digit, such as "#" as %23. Correct the variable, or unset it.`
	)
	type env = map[string]string
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	_, otherKey := authority.Issue(t)
	value := types.StringValue
	client := func(cert, key string) blockValues {
		return blockValues{"client_cert_pem": value(cert), "client_key_pem": value(key)}
	}
	// on is an error on its attribute; hidden is on none.
	on := func(attribute, detail string) []string {
		return []string{attribute + ": Invalid " + attribute + ": " + detail}
	}
	hidden := func(attribute, detail string) []string { return []string{"-: Invalid " + attribute + ": " + detail} }
	withHeaders := func(headers map[string]attr.Value) blockValues {
		return blockValues{"request_headers": headersOf(headers)}
	}
	rows := map[string]struct {
		model blockValues
		env   env
		want  []string
	}{
		"a key with a colon":                 {blockValues{"api_key": value("fake:key")}, nil, hidden("api_key", "api_key"+colon)},
		"a key of the variable with a space": {blockValues{}, env{"JUSPAY_API_KEY": "fake key"}, hidden("api_key", "JUSPAY_API_KEY"+chars)},
		"an environment that does not exist": {blockValues{"environment": value("prod")}, nil, on("environment", `environment is "prod".`+choose)},
		"a variable in capitals":             {blockValues{}, env{"JUSPAY_ENV": "Sandbox"}, on("environment", `JUSPAY_ENV is "Sandbox".`+choose)},
		"a key as environment":               {blockValues{}, env{"JUSPAY_ENV": "fake-key-1234"}, on("environment", "JUSPAY_ENV"+notShown+choose)},
		"the beginning of a word":            {blockValues{}, env{"JUSPAY_ENV": "SAND"}, on("environment", `JUSPAY_ENV is "SAND".`+choose)},
		"a short word as environment":        {blockValues{}, env{"JUSPAY_ENV": "fakekey"}, on("environment", "JUSPAY_ENV"+notShown+choose)},
		"a word of four letters":             {blockValues{}, env{"JUSPAY_ENV": "fake"}, on("environment", "JUSPAY_ENV"+notShown+choose)},
		"a word and more":                    {blockValues{}, env{"JUSPAY_ENV": "sandboxfakekey"}, on("environment", "JUSPAY_ENV"+notShown+choose)},
		"a word within":                      {blockValues{"environment": value("fakesandbox")}, nil, on("environment", noneOf)},
		"a word with another letter":         {blockValues{"environment": value("ſandbox")}, nil, on("environment", noneOf)},
		"a long word as environment":         {blockValues{"environment": value("fakekeyfakekeyfakekey")}, nil, on("environment", noneOf)},
		"a key in quotation marks":           {blockValues{}, env{"JUSPAY_API_KEY": `"fake-key"`}, hidden("api_key", "JUSPAY_API_KEY"+quoted)},
		"an environment in quotation marks":  {blockValues{}, env{"JUSPAY_ENV": `'production'`}, on("environment", "JUSPAY_ENV"+quoted)},
		"a URL in quotation marks": {blockValues{}, env{"JUSPAY_BASE_URL": `"https://bank.example"` + "\r"},
			hidden("base_url", "JUSPAY_BASE_URL"+quoted)},
		"a word for unknown fields in capitals": {blockValues{"unknown_fields": value("Warn")}, nil, on("unknown_fields", `unknown_fields is "Warn".`+chooseWord)},
		"another word for unknown fields": {blockValues{"unknown_fields": value("fakekey")}, nil,
			on("unknown_fields", `unknown_fields is none of these: "warn", "error" or "ignore".`)},
		"accepted fields that cannot be": {blockValues{"accepted_fields": listOf("hold_reason", "validation_status=FAILURE", "has_more=true", "is_active",
			"")}, nil, slices.Concat(
			on("accepted_fields", "accepted_fields has validation_status, on which every read depends; it cannot be accepted."),
			on("accepted_fields",
				"accepted_fields has has_more, which shows whether a list of accounts is complete; it cannot be accepted. Read the accounts by their ids instead."),
			on("accepted_fields", `accepted_fields has is_active, whose values are known; accept a single value, as in "is_active=VALUE".`),
			on("accepted_fields", `accepted_fields has an entry without a name or without a value; write the name of a field, or "name=value".`))},
		"an empty environment":        {blockValues{"environment": value("")}, nil, on("environment", `environment is "".`+choose)},
		"a base URL without a scheme": {blockValues{"base_url": value("api.juspay.in")}, nil, hidden("base_url", "base_url"+scheme)},
		"a base URL of the variable with user": {blockValues{}, env{"JUSPAY_BASE_URL": "https://fake-user@bank.example"},
			hidden("base_url", "JUSPAY_BASE_URL"+password)},
		"a base URL whose line is not quoted": {blockValues{"base_url": value("https://u:fake-password@bank.example")}, nil,
			hidden("base_url", "base_url"+password)},
		"an empty base URL":               {blockValues{"base_url": value("")}, nil, hidden("base_url", "base_url is empty.")},
		"an empty merchant id":            {blockValues{"merchant_id": value("")}, nil, on("merchant_id", "merchant_id must not be empty.")},
		"a merchant id with a line break": {blockValues{}, env{"JUSPAY_MERCHANT_ID": "a\nb"}, on("merchant_id", "JUSPAY_MERCHANT_ID"+control)},
		"a timeout that is a word":        {blockValues{"request_timeout": value("soon")}, nil, on("request_timeout", `request_timeout is "soon".`+duration)},
		"half a retry":                    {blockValues{"max_retries": attrNumber("1.5")}, nil, on("max_retries", "max_retries is 1.5."+count)},
		"endless retries":                 {blockValues{"max_retries": attrNumber("1e300")}, nil, on("max_retries", "max_retries is 1e+300."+count)},
		"no requests in a second": {blockValues{"requests_per_second": attrNumber("0")}, nil,
			on("requests_per_second", "requests_per_second is 0."+above)},
		"no requests in flight": {blockValues{"max_concurrent_requests": attrNumber("0")}, nil,
			on("max_concurrent_requests", "max_concurrent_requests is 0."+inFlight)},

		"environment and base_url": {blockValues{"environment": value("production"), "base_url": value("https://bank.example")}, nil,
			[]string{"environment: Conflicting environment and base_url: environment and base_url" + both}},
		"both variables": {blockValues{}, env{"JUSPAY_ENV": "production", "JUSPAY_BASE_URL": "https://bank.example"},
			[]string{"environment: Conflicting environment and base_url: JUSPAY_ENV and JUSPAY_BASE_URL" + both}},
		"environment and both variables": {blockValues{"environment": value("production")}, env{"JUSPAY_ENV": "sandbox",
			"JUSPAY_BASE_URL": "https://bank.example"},
			[]string{"environment: Conflicting environment and base_url: environment and JUSPAY_BASE_URL" + both}},
		"an invalid environment and a base URL of the variable": {blockValues{"environment": value("prod")}, env{"JUSPAY_BASE_URL": "https://bank.example"},
			on("environment", `environment is "prod".`+choose)},
		"an invalid variable and a base URL of the variable": {blockValues{}, env{"JUSPAY_ENV": "fakekey", "JUSPAY_BASE_URL": "https://bank.example"},
			on("environment", "JUSPAY_ENV"+notShown+choose)},
		"an environment in quotation marks and a base URL": {blockValues{}, env{"JUSPAY_ENV": `"sandbox"`, "JUSPAY_BASE_URL": "https://bank.example"},
			on("environment", "JUSPAY_ENV"+quoted)},

		"the name of a file":                   {blockValues{"ca_cert_pem": value("ca.pem")}, nil, hidden("ca_cert_pem", "ca_cert_pem"+notPEM)},
		"an empty CA certificate":              {blockValues{"ca_cert_pem": value("")}, nil, hidden("ca_cert_pem", "ca_cert_pem"+notPEM)},
		"a variable with a name":               {blockValues{}, env{"JUSPAY_CA_CERT_PEM": "ca.pem"}, hidden("ca_cert_pem", "JUSPAY_CA_CERT_PEM"+notPEM)},
		"a CA certificate and key":             {blockValues{"ca_cert_pem": value(authority.CertPEM + key)}, nil, hidden("ca_cert_pem", "ca_cert_pem"+hasKey)},
		"a client certificate that is not PEM": {client("x", key), nil, hidden("client_cert_pem", "client_cert_pem"+notPEM)},
		"a client certificate and key":         {client(cert+key, key), nil, hidden("client_cert_pem", "client_cert_pem"+hasKey)},
		"a client key that is not PEM":         {client(cert, "x"), nil, hidden("client_key_pem", "client_key_pem"+notPEM)},
		"a client key of the variable": {blockValues{}, env{"JUSPAY_CLIENT_CERT_PEM": cert, "JUSPAY_CLIENT_KEY_PEM": "x"},
			hidden("client_key_pem", "JUSPAY_CLIENT_KEY_PEM"+notPEM)},
		"an encrypted key": {client(cert, strings.ReplaceAll(key, "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")), nil,
			hidden("client_key_pem", `client_key_pem is encrypted; decrypt it, such as with "openssl pkey", and pass the result.`)},
		"the key of another certificate": {client(cert, otherKey), nil,
			hidden("client_key_pem", "client_key_pem: the private key does not belong to the first client certificate.")},
		"a certificate without a key": {blockValues{"client_cert_pem": value(cert)}, nil, []string{"-: Missing client_key_pem: client_cert_pem is set " +
			"without client_key_pem. Set client_key_pem or the environment variable JUSPAY_CLIENT_KEY_PEM too."}},
		"a key without a certificate": {blockValues{}, env{"JUSPAY_CLIENT_KEY_PEM": key}, []string{"-: Missing client_cert_pem: JUSPAY_CLIENT_KEY_PEM " +
			"is set without client_cert_pem. Set client_cert_pem or the environment variable JUSPAY_CLIENT_CERT_PEM too."}},
		"several problems": {blockValues{"ca_cert_pem": value("x"), "client_cert_pem": value("x"), "client_key_pem": value("x")}, nil, []string{
			"-: Invalid ca_cert_pem: ca_cert_pem" + notPEM, "-: Invalid client_cert_pem: client_cert_pem" + notPEM,
			"-: Invalid client_key_pem: client_key_pem" + notPEM,
		}},

		"a null header": {withHeaders(map[string]attr.Value{"X-A": types.StringNull()}), nil, hidden("request_headers",
			"request_headers: the value of the header X-A must not be empty.")},
		"a short header": {withHeaders(map[string]attr.Value{"X-A": value("abc")}), nil,
			hidden("request_headers", "request_headers: the value of the header X-A has fewer than 4 characters, so it could not be hidden in errors and logs.")},
		"two reserved headers": {withHeaders(map[string]attr.Value{"host": value("x"), "cookie": value("secret")}), nil, []string{
			headers + "header cookie cannot be set: leave it out, since no session is kept; a gateway that needs one cannot be used.",
			headers + "header host cannot be set: it is the host of the base URL. Set base_url instead.",
		}},
		"reserved headers with underscores": {withHeaders(map[string]attr.Value{"x_merchantid": value("abcd"), "user_agent": value("abcd"),
			"X_Routing_Id": value("abcd"), "proxy_authorization": value("abcd"), "cache_control": value("abcd")}), nil, []string{
			headers + "header X_Routing_Id cannot be set: it holds the routing id of each read. Set routing_id or routing_ids of the data source instead.",
			headers + "header cache_control cannot be set: leave it out, since every request refuses cached responses.",
			headers + "header proxy_authorization cannot be set: it is for a proxy, whose credentials belong in its URL. " +
				"Set the environment variable HTTPS_PROXY instead.",
			headers + "header user_agent cannot be set: it holds the user agent. Set the environment variable TF_APPEND_USER_AGENT instead.",
			headers + "header x_merchantid cannot be set: it holds the merchant id. Set merchant_id instead.",
		}},

		"a proxy that is not an HTTP URL": {blockValues{}, env{"HTTPS_PROXY": "ftp://user:fake-password@a"}, hidden("HTTPS_PROXY",
			"The environment variable HTTPS_PROXY"+schemes)},
		"a proxy in quotation marks": {blockValues{}, env{"HTTPS_PROXY": `"http://a"` + "\r"}, hidden("HTTPS_PROXY",
			"The environment variable HTTPS_PROXY is in quotation marks. Remove them.")},
		"hosts in quotation marks": {blockValues{}, env{"https_proxy": "http://a", "no_proxy": `'bank.example'`}, hidden("no_proxy",
			"The environment variable no_proxy is in quotation marks. Remove them.")},
		"a proxy of whitespace": {blockValues{}, env{"HTTPS_PROXY": " "}, hidden("HTTPS_PROXY", "The environment variable HTTPS_PROXY"+proxyURL)},
		"a proxy in lower case": {blockValues{}, env{"https_proxy": "http://a:x"}, hidden("https_proxy", "The environment variable https_proxy"+proxyURL)},
		"a password in a proxy": {blockValues{}, env{"HTTPS_PROXY": "http://user:50%off@proxy:1"}, hidden("HTTPS_PROXY",
			"The environment variable HTTPS_PROXY"+proxyURL)},
	}
	used := map[string]bool{}
	for name, test := range rows {
		maps.Copy(used, namesOf(test.model))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := test.model.clientConfig(environ(test.env))
			var want []string
			for _, problem := range test.want {
				want = append(want, problem+helpConfiguration)
			}
			checkDiagnostics(t, diags, want...)
		})
	}
	checkEachSetting(t, used)
}

// A hostile value is one error on its attribute, and is shown only if it cannot be secret.
// The client's own tests have more keys, URLs and merchant ids.
func TestClientConfig_HostileValues(t *testing.T) {
	t.Parallel()
	for attribute, values := range map[string][]string{
		"api_key": {
			"fake:key-of-a-shop", "fake\u200bkey-of-a-shop", "fаke-key-with-a-cyrillic-letter", "fake\tkey", "fake\nkey", "fake\x1b[31mkey", "fake\u00a0key",
			"fake\u200bkey", "fake\u2028key", "\ufefffake-key", "🔑",
		},
		"environment": {
			"", " ", "prod", "Production", "production ", "PRODUCTION", "sandbox\n", "sandbox\x00", "https://api.juspay.in", "live", "sandbox,production",
		},
		"base_url": {
			" ", "https://", "//api.juspay.in", "javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/latest", "http://127.1", "http://2130706433",
			"http://0x7f000001", "https://fake:fake@api.juspay.in", "https://api.juspay.in@example.com", "https://api.juspay.in/.",
			"https://api.juspay.in\r\nX-Evil: 1", "https://api.juspay.in\x00", "https://api juspay.in", "https://[::1",
			"https:///x", "https://api.juspay.in?x=y", "https://api.juspay.in/?", "https://api.juspay.in/#x", "https://api.juspay.in/%2e%2e/b",
			"https://api.juspay.in:x", "https://api.juspay.in ",
		},
		"merchant_id": {"", " ", " a", "a ", "a\r\nX-Evil: 1", "a\x7fb", "a\u200bb"},
		"request_timeout": {
			"", " ", "0", "0s", "-1s", "-0.000000001s", "30", "30 s", "soon", "1e9s", "NaN", "Inf", "9223372037s", "99999999999999999999h", "1s\n", "１s",
		},
		"max_retries":             {"-1", "11", "0.5", "1e300", "-1e300", "9223372036854775808", "1.0000000000000000000001"},
		"max_concurrent_requests": {"0", "-1", "257", "0.5", "1e300", "18446744073709551617"},
		"requests_per_second":     {"0", "-1", "-1e300", "-0.000001", "1e-400"},
	} {
		for _, value := range values {
			t.Run(fmt.Sprintf("%s %q", attribute, value), func(t *testing.T) {
				t.Parallel()
				encoded, path := tfString(value), attribute
				if strings.HasPrefix(attribute, "max_") || attribute == "requests_per_second" {
					encoded = tfNumber(value)
				}
				if attribute == "api_key" || attribute == "base_url" {
					path = "-" // or Terraform would quote the line with the secret
				}
				plugin, config := newPlugin(nil), tfObject{attribute: encoded}
				diags := configure(t, plugin, false, config)
				checkSummaries(t, "configure", diags, path+": Invalid "+attribute)
				validated, err := plugin.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: encode(t, "provider", config)})
				if err != nil || len(validated.Diagnostics) != 1 || validated.Diagnostics[0].Detail != diags[0].Detail {
					t.Errorf("validate: got %+v and the error %v, want the diagnostic of configure, %+v", validated, err, diags[0])
				}
				isSecret := attribute == "api_key" || attribute == "base_url"
				if isSecret && len(value) > len("https://") && strings.Contains(diags[0].Detail, strings.TrimSpace(value)) {
					t.Errorf("got the detail %q, want it without the value %q", diags[0].Detail, value)
				}
			})
		}
	}
}

func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC)
	config := juspay.Config{ClientCertificate: &tls.Certificate{Leaf: &x509.Certificate{NotAfter: expires}}}
	checkDiagnostics(t, expiredCertificateWarning(config, expires))
	checkDiagnostics(t, expiredCertificateWarning(juspay.Config{}, expires.Add(time.Second)))
	checkDiagnostics(t, expiredCertificateWarning(config, expires.Add(time.Second)), "-: Expired client certificate: The client certificate "+
		"expired at 2026-01-05T09:30:00Z. A server that requires a client certificate will refuse it. Renew the certificate.")
}
