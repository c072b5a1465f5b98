// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClientConfig_Certificates(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	otherCert, otherKey := authority.Issue(t)
	configured := providerModel{CACertPEM: types.StringValue(authority.CertPEM), ClientCertPEM: types.StringValue(cert), ClientKeyPEM: types.StringValue(key)}
	env := map[string]string{"JUSPAY_CA_CERT_PEM": otherCert, "JUSPAY_CLIENT_CERT_PEM": otherCert, "JUSPAY_CLIENT_KEY_PEM": otherKey}
	for name, test := range map[string]struct {
		model         providerModel
		env           map[string]string
		ca, cert, key string
	}{
		"neither":                      {providerModel{}, nil, "", "", ""},
		"the environment":              {providerModel{}, env, otherCert, otherCert, otherKey},
		"the configuration":            {configured, nil, authority.CertPEM, cert, key},
		"the configuration beats both": {configured, env, authority.CertPEM, cert, key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := test.model.clientConfig(environ(test.env))
			checkProblems(t, diags)
			if (config.RootCAs != nil) != (test.ca != "") {
				t.Errorf("the authorities are %v", config.RootCAs)
			}
			if test.ca != "" && !config.RootCAs.Equal(poolOf(t, test.ca)) {
				t.Error("the configuration trusts another authority")
			}
			if test.cert == "" && config.ClientCertificate == nil {
				return
			}
			want, err := tls.X509KeyPair([]byte(test.cert), []byte(test.key))
			if err != nil || !reflect.DeepEqual(config.ClientCertificate, &want) {
				t.Errorf("the configuration holds another client certificate: %v", err)
			}
		})
	}
}

// poolOf returns the system's authorities and those in text.
func poolOf(t *testing.T, text string) *x509.CertPool {
	t.Helper()
	certificates, err := juspay.ParseCertificates(text)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := juspay.NewCertPool(certificates)
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func TestClientConfig_InvalidCertificates(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	_, otherKey := authority.Issue(t)
	encrypted := strings.ReplaceAll(key, "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")
	const (
		noCert = ` is not PEM, which begins with "-----BEGIN "; pass the content of a file, as with file("name.pem"), and not its name.`
		noKey  = noCert
		hasKey = ` must hold only certificates, but holds a block of the type "PRIVATE KEY".`
	)
	value := types.StringValue
	for name, test := range map[string]struct {
		model providerModel
		env   map[string]string
		want  []string
	}{
		"a CA certificate that is the name of a file":     {providerModel{CACertPEM: value("ca.pem")}, nil, []string{"ca_cert_pem: Invalid ca_cert_pem: ca_cert_pem" + noCert}},
		"an empty CA certificate":                         {providerModel{CACertPEM: value("")}, nil, []string{"ca_cert_pem: Invalid ca_cert_pem: ca_cert_pem" + noCert}},
		"a CA certificate from the environment":           {providerModel{}, map[string]string{"JUSPAY_CA_CERT_PEM": "ca.pem"}, []string{"ca_cert_pem: Invalid ca_cert_pem: JUSPAY_CA_CERT_PEM" + noCert}},
		"a CA certificate with its key":                   {providerModel{CACertPEM: value(authority.CertPEM + key)}, nil, []string{"-: Invalid ca_cert_pem: ca_cert_pem" + hasKey}},
		"a client certificate that is none":               {providerModel{ClientCertPEM: value("x"), ClientKeyPEM: value(key)}, nil, []string{"client_cert_pem: Invalid client_cert_pem: client_cert_pem" + noCert}},
		"a client certificate with its key":               {providerModel{ClientCertPEM: value(cert + key), ClientKeyPEM: value(key)}, nil, []string{"-: Invalid client_cert_pem: client_cert_pem" + hasKey}},
		"a key that is none":                              {providerModel{ClientCertPEM: value(cert), ClientKeyPEM: value("x")}, nil, []string{"-: Invalid client_key_pem: client_key_pem" + noKey}},
		"a key from the environment that is none":         {providerModel{}, map[string]string{"JUSPAY_CLIENT_CERT_PEM": cert, "JUSPAY_CLIENT_KEY_PEM": "x"}, []string{"client_key_pem: Invalid client_key_pem: JUSPAY_CLIENT_KEY_PEM" + noKey}},
		"an encrypted key":                                {providerModel{ClientCertPEM: value(cert), ClientKeyPEM: value(encrypted)}, nil, []string{`-: Invalid client_key_pem: client_key_pem is encrypted; decrypt it, such as with "openssl pkey", and pass the result.`}},
		"the key of another certificate":                  {providerModel{ClientCertPEM: value(cert), ClientKeyPEM: value(otherKey)}, nil, []string{"-: Invalid client_key_pem: client_key_pem is not the key of the first client certificate."}},
		"a certificate without a key":                     {providerModel{ClientCertPEM: value(cert)}, nil, []string{"client_key_pem: Missing client_key_pem: client_cert_pem is set without client_key_pem. Set client_key_pem or the environment variable JUSPAY_CLIENT_KEY_PEM too."}},
		"a key without a certificate":                     {providerModel{}, map[string]string{"JUSPAY_CLIENT_KEY_PEM": key}, []string{"client_cert_pem: Missing client_cert_pem: JUSPAY_CLIENT_KEY_PEM is set without client_cert_pem. Set client_cert_pem or the environment variable JUSPAY_CLIENT_CERT_PEM too."}},
		"a certificate with a key that is not known yet":  {providerModel{ClientCertPEM: value(cert), ClientKeyPEM: types.StringUnknown()}, nil, nil},
		"a key with a certificate that is not known yet":  {providerModel{ClientCertPEM: types.StringUnknown(), ClientKeyPEM: value(key)}, nil, nil},
		"a key from elsewhere than the certificate is ok": {providerModel{ClientCertPEM: value(cert)}, map[string]string{"JUSPAY_CLIENT_KEY_PEM": key}, nil},
		"several problems": {providerModel{CACertPEM: value("x"), ClientCertPEM: value("x"), ClientKeyPEM: value("x")}, nil, []string{
			"ca_cert_pem: Invalid ca_cert_pem: ca_cert_pem" + noCert, "client_cert_pem: Invalid client_cert_pem: client_cert_pem" + noCert, "-: Invalid client_key_pem: client_key_pem" + noKey,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := test.model.clientConfig(environ(test.env))
			checkProblems(t, diags, test.want...)
		})
	}
}

func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC)
	cert, _ := juspaytest.NewAuthority(t).Issue(t, func(c *x509.Certificate) { c.NotAfter = expires })
	chain, err := juspay.ParseCertificates(cert)
	if err != nil {
		t.Fatal(err)
	}
	config := juspay.Config{ClientCertificate: &tls.Certificate{Leaf: chain[0]}}
	checkProblems(t, expiredCertificate(config, expires))
	checkProblems(t, expiredCertificate(config, expires.Add(time.Second)),
		"client_cert_pem: Expired client certificate: The client certificate expired at 2026-01-05T09:30:00Z. A server that requires a client certificate will refuse it. Renew the certificate.")
	checkProblems(t, expiredCertificate(juspay.Config{}, expires.Add(time.Second)))
}

func headersOf(headers map[string]attr.Value) types.Map {
	return types.MapValueMust(types.StringType, headers)
}

func TestClientConfig_RequestHeaders(t *testing.T) {
	t.Parallel()
	value := types.StringValue
	for name, test := range map[string]struct {
		headers types.Map
		want    map[string]string
		wrong   []string
	}{
		"none":           {types.MapNull(types.StringType), nil, nil},
		"two":            {headersOf(map[string]attr.Value{"version": value("2019-05-07"), "X-A": value("b cd")}), map[string]string{"version": "2019-05-07", "X-A": "b cd"}, nil},
		"unknown":        {types.MapUnknown(types.StringType), nil, nil},
		"partly unknown": {headersOf(map[string]attr.Value{"version": value("1"), "X-A": types.StringUnknown()}), nil, nil},
		"null":           {headersOf(map[string]attr.Value{"X-A": types.StringNull()}), nil, []string{"-: Invalid request_headers: In request_headers, the value of the header X-A must not be empty."}},
		"a short value":  {headersOf(map[string]attr.Value{"X-A": value("abc")}), nil, []string{"-: Invalid request_headers: In request_headers, the value of the header X-A has fewer than 4 characters, so it could not be hidden in errors and logs."}},
		"two of the wrong": {headersOf(map[string]attr.Value{"host": value("x"), "cookie": value("secret")}), nil, []string{
			"-: Invalid request_headers: In request_headers, the header cookie cannot be set: leave it out, since no session is kept; a gateway that needs one cannot be used.",
			"-: Invalid request_headers: In request_headers, the header host cannot be set: it is the host of the base URL. Set base_url instead.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := providerModel{RequestHeaders: test.headers}.clientConfig(environ(nil))
			checkProblems(t, diags, test.wrong...)
			if len(test.wrong) == 0 && !maps.Equal(config.RequestHeaders, test.want) {
				t.Errorf("got %v", config.RequestHeaders)
			}
		})
	}
}

// Nothing logs the key or a header; should something ever do so, it is masked.
func TestLogging_MasksKeysOfGateways(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t)
	config, diags := providerModel{
		APIKey: types.StringValue("fake-key"), ClientCertPEM: types.StringValue(cert), ClientKeyPEM: types.StringValue(key),
		RequestHeaders: headersOf(map[string]attr.Value{"X-Gateway-Key": types.StringValue("fake-key-of-a-gateway")}),
	}.clientConfig(environ(nil))
	checkProblems(t, diags)
	client, err := juspay.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	ctx := withClientLogger(tflogtest.RootLogger(t.Context(), &log), client)
	tflog.Info(ctx, key, map[string]any{"header": "fake-key-of-a-gateway"})
	tflog.SubsystemInfo(ctx, clientLogger, key, map[string]any{"header": "fake-key-of-a-gateway"})
	for _, secret := range append(client.Secrets()[3:], "fake-key-of-a-gateway") {
		acctest.CheckLacks(t, "the log", log.String(), secret)
	}
	if n := strings.Count(log.String(), "***"); n < 4 {
		t.Errorf("%d secrets are masked", n)
	}
}

// Terraform quotes the lines of an attribute with an error, and these hold a secret.
func TestAccProvider_InvalidSecretsAreNotQuoted(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t)
	_, otherKey := juspaytest.NewAuthority(t).Issue(t)
	keyLine, otherLine := strings.Split(key, "\n")[1], strings.Split(otherKey, "\n")[1]
	for name, test := range map[string]struct {
		block, want string
		secrets     []string
	}{
		"a malformed API key":               {"  api_key = \"fake:secret\"\n", "Error: Invalid api_key", []string{"fake:secret"}},
		"a password in a base URL":          {"  base_url = \"https://shop:fake-password@bank.example\"\n", "Error: Invalid base_url", []string{"fake-password"}},
		"the key of another certificate":    {"  client_cert_pem = <<-EOT\n" + cert + "EOT\n  client_key_pem  = <<-EOT\n" + otherKey + "EOT\n", "Error: Invalid client_key_pem", []string{otherLine}},
		"a certificate together with a key": {"  client_cert_pem = <<-EOT\n" + cert + otherKey + "EOT\n  client_key_pem  = <<-EOT\n" + key + "EOT\n", "Error: Invalid client_cert_pem", []string{keyLine, otherLine}},
		"a header with a secret":            {"  request_headers = { \"Authorization\" = \"" + otherLine + "\" }\n", "Error: Invalid request_headers", []string{otherLine}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+accountA+"provider \"juspay\" {\n"+test.block+"}\n"))
			printed := w.Run(1, "plan", "-no-color")
			acctest.CheckContains(t, printed, test.want)
			acctest.CheckLacks(t, "the output", printed, test.secrets...)
		})
	}
}

// A private authority must not cut off what the system trusts.
func TestAccCACert_SystemAuthoritiesStayTrusted(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA),
		"SSL_CERT_FILE="+writeCertificate(t, server), "JUSPAY_CA_CERT_PEM="+juspaytest.NewAuthority(t).CertPEM)
	w.Run(0, "plan", "-no-color")
}

func TestAccClientCertificate_Expired(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+accountA), "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key)
	printed := w.Run(0, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Warning: Expired client certificate")
	if n := strings.Count(printed, "Warning: Expired client certificate"); n != 1 {
		t.Errorf("it is warned of %d times", n)
	}
}

func TestAccountError_Gateways(t *testing.T) {
	t.Parallel()
	alert := errors.New("remote error: tls: unknown certificate authority")
	const (
		notJuspay = "Response not from Juspay\n" + notRead + "SERVER responded with 400, without the details that Juspay sends.\n\n" +
			"A firewall or a proxy may have responded in Juspay's place. " + checkURL
		failed = "Connection to Juspay failed\n" + notRead + "the connection to SERVER failed: EOF.\n\n" + checkURL
		none   = " The server requested a client certificate, and none is configured: it may require client_cert_pem and client_key_pem."
		sent   = " The server requested a client certificate, and may not accept the one in client_cert_pem (or JUSPAY_CLIENT_CERT_PEM)."
	)
	for name, test := range map[string]struct {
		err  juspay.APIError
		want string
	}{
		"a certificate is required": {juspay.APIError{Reason: juspay.ReasonCertificateRequired, Err: alert, CertificateRequested: true},
			"Client certificate required\n" + notRead + "SERVER requires a client certificate (mutual TLS), and none is configured.\n\n" +
				"Set client_cert_pem and client_key_pem in the provider block, or JUSPAY_CLIENT_CERT_PEM and JUSPAY_CLIENT_KEY_PEM."},
		"a certificate is refused": {juspay.APIError{Reason: juspay.ReasonCertificateRefused, Err: alert, CertificateRequested: true, CertificateSent: true},
			"Client certificate refused\n" + notRead + "SERVER did not accept the client certificate: remote error: tls: unknown certificate authority.\n\n" +
				"Check client_cert_pem (or JUSPAY_CLIENT_CERT_PEM). The certificate may have expired, or may be from an authority that the server does not trust. Add its intermediate certificates after it, if there are any."},
		"a page of a gateway that requested a certificate": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 400, CertificateRequested: true}, notJuspay + none + "\n\n  HTTP status: 400"},
		"a page of a gateway that got a certificate":       {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 400, CertificateRequested: true, CertificateSent: true}, notJuspay + sent + "\n\n  HTTP status: 400"},
		"a page of a gateway that requested none":          {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 400, CertificateSent: true}, notJuspay + "\n\n  HTTP status: 400"},
		"a connection that broke after the request for a certificate": {
			juspay.APIError{Reason: juspay.ReasonConnection, Err: errors.New("EOF"), CertificateRequested: true, SentRequestID: "s-1"}, failed + none + "\n\n  Request id sent: s-1"},
		"an error of Juspay's behind the gateway": {juspay.APIError{Reason: juspay.ReasonInvalidInput, StatusCode: 400, Code: "X", CertificateRequested: true, CertificateSent: true},
			"Request rejected as malformed\n" + notRead + "SERVER did not accept one of the identifiers, or the routing id.\n\nCheck customer_id, customer_account_id and routing_id.\n\n  HTTP status: 400\n  Juspay's code: X"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.err.BaseURL, test.err.Attempts = "SERVER", 1
			separator := "\n"
			if !strings.Contains(test.want, "\n  ") {
				separator = "\n\n"
			}
			checkText(t, render(accountError(vendorRef, defaultReadTimeout, &test.err)), test.want+separator+"  Attempts: 1"+help)
		})
	}
}

func TestAccCACert_SystemCertificatesUnreadable(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems keep their certificates elsewhere than in files")
	}
	unreadable := t.TempDir()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+accountA),
		"SSL_CERT_FILE="+unreadable, "SSL_CERT_DIR="+unreadable, "JUSPAY_CA_CERT_PEM="+juspaytest.NewAuthority(t).CertPEM)
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), "Error: Invalid ca_cert_pem with provider",
		"JUSPAY_CA_CERT_PEM cannot be added to the system's, which cannot be read:", "Make the operating system's certificates readable, or remove ca_cert_pem.")
}

func TestNormalizePEM(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t)
	for name, change := range map[string]func(string) string{
		"newlines written as \\n":   func(text string) string { return strings.ReplaceAll(text, "\n", `\n`) },
		"a byte order mark":         func(text string) string { return "\ufeff" + text },
		"indentation":               func(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") },
		"line breaks of Windows":    func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") },
		"all of them":               func(text string) string { return "\ufeff  " + strings.ReplaceAll(text, "\n", " \\n\t") },
		"whitespace around a whole": func(text string) string { return "\n\n" + text + "\n\n" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environ(map[string]string{"JUSPAY_CA_CERT_PEM": change(cert), "JUSPAY_CLIENT_CERT_PEM": change(cert), "JUSPAY_CLIENT_KEY_PEM": change(key)})
			config, diags := providerModel{}.clientConfig(env)
			if diags.HasError() {
				t.Fatal(diags)
			}
			config.APIKey = "fake"
			client, err := juspay.New(config)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(key, "\n")
			if !slices.Contains(client.Secrets(), lines[1]) {
				t.Error("the lines of the key are not hidden")
			}
		})
	}
}

func TestClientConfig_Proxy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env            map[string]string
		proxy, noProxy string
		summary        string
	}{
		"none":                             {nil, "", "", ""},
		"upper case":                       {map[string]string{"HTTPS_PROXY": "http://a", "NO_PROXY": "b"}, "http://a", "b", ""},
		"lower case":                       {map[string]string{"https_proxy": "http://a", "no_proxy": "b"}, "http://a", "b", ""},
		"upper case precedes":              {map[string]string{"HTTPS_PROXY": "http://a", "https_proxy": "http://c:x", "NO_PROXY": "b", "no_proxy": "d"}, "http://a", "b", ""},
		"a bad one in upper case is named": {map[string]string{"HTTPS_PROXY": " http://a"}, " http://a", "", "Invalid HTTPS_PROXY"},
		"a bad one in lower case is named": {map[string]string{"https_proxy": "http://a:x"}, "http://a:x", "", "Invalid https_proxy"},
		"a proxy for http is not used":     {map[string]string{"HTTP_PROXY": "http://a"}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, diags := providerModel{}.clientConfig(environ(test.env))
			if config.HTTPSProxy != test.proxy {
				t.Errorf("got proxy %q", config.HTTPSProxy)
			}
			if config.NoProxy != test.noProxy {
				t.Errorf("got exceptions %q", config.NoProxy)
			}
			summary := ""
			for _, d := range diags {
				summary += d.Summary()
			}
			if summary != test.summary {
				t.Errorf("got %q, want %q", summary, test.summary)
			}
		})
	}
}
