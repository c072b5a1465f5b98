// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// newBank is a gateway that requires a client certificate, and knows the account of
// the examples.
func newBank(t *testing.T) (*juspaytest.Authority, *juspaytest.Server) {
	t.Helper()
	authority := juspaytest.NewAuthority(t)
	server := juspaytest.NewMutualTLSServer(t, authority)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	return authority, server
}

// checkStoredNowhere fails if a run left a secret in its output, its plan
// (saved.plan), its state or its log (trace.log).
func checkStoredNowhere(t *testing.T, w *acctest.Workspace, printed string, secrets ...string) {
	t.Helper()
	for where, text := range map[string]string{
		"the output": printed,
		"the plan":   w.Unzip("saved.plan"),
		"the state":  w.Read("terraform.tfstate"),
		"the log":    w.Read("trace.log"),
		"the JSON":   w.Run(0, "show", "-json") + w.Run(0, "show", "-json", "saved.plan"),
	} {
		for _, secret := range secrets {
			if holds(text, secret) {
				t.Errorf("%s holds the secret", where)
			}
		}
	}
}

// keyLine is a line of a key in PEM, as any text that shows the key would hold it.
func keyLine(t *testing.T, keyPEM string) string {
	t.Helper()
	lines := strings.Split(keyPEM, "\n")
	if len(lines) < 4 {
		t.Fatalf("a key of %d lines", len(lines))
	}
	return lines[1]
}

func TestAccGateway(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	authority, server := newBank(t)
	cert, key := authority.Issue(t)
	w := newPageExample(t, server, "gateway", "JUSPAY_BASE_URL=", "TF_VAR_gateway_url="+server.URL, "TF_VAR_client_key_pem="+key, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	w.Write("ca.pem", authority.CertPEM)
	w.Write("client.pem", cert)
	w.Write("account.tf", one)
	printed := w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...)
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	checkStoredNowhere(t, w, printed, keyLine(t, key))
}

func TestAccGatewayFromTheEnvironment(t *testing.T) {
	t.Parallel()
	authority, server := newBank(t)
	cert, key := authority.Issue(t)
	configuration := acctest.MainFile(t, readFile(t, "data-sources/juspay_customer_account/data-source.tf"))
	w := acctest.NewWorkspace(t, server, configuration, "JUSPAY_CA_CERT_PEM="+authority.CertPEM, "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key)
	acctest.CheckContains(t, w.Run(0, plan()...), `+ vendor_account_status = "ACTIVE"`)

	w = acctest.NewWorkspace(t, server, configuration, "JUSPAY_CA_CERT_PEM="+authority.CertPEM)
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Client certificate required", "client_cert_pem and client_key_pem")

	other, otherKey := juspaytest.NewAuthority(t).Issue(t)
	w = acctest.NewWorkspace(t, server, configuration, "JUSPAY_CA_CERT_PEM="+authority.CertPEM, "JUSPAY_CLIENT_CERT_PEM="+other, "JUSPAY_CLIENT_KEY_PEM="+otherKey)
	printed := w.Run(1, plan()...)
	acctest.CheckContains(t, printed, "Error: Client certificate refused", "tls: unknown certificate authority")
	acctest.CheckLacks(t, "the output", printed, keyLine(t, otherKey))
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestAccRequestHeaders(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	const value = "fake-key-of-a-gateway"
	w := newPageExample(t, server, "request-headers", "TF_VAR_gateway_key="+value, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	w.Write("account.tf", one)
	printed := w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...)
	header := server.Requests()[0].Header
	if header.Get("Version") != "2019-05-07" || header.Get("X-Gateway-Key") != value {
		t.Errorf("the header has %q and %q", header.Get("Version"), header.Get("X-Gateway-Key"))
	}
	checkStoredNowhere(t, w, printed, value)
}
