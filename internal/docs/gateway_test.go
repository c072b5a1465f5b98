// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// newBank is a gateway that requires a client certificate, and knows the account of
// the examples.
func newBank(t *testing.T) (*juspaytest.Authority, *juspaytest.Server) {
	t.Helper()
	authority := juspaytest.NewAuthority(t)
	server := juspaytest.NewMutualTLSServer(t, authority)
	server.Put(acctest.AcmeWith("ACTIVE"))
	return authority, server
}

// checkStoresNoSecret plans and applies, and fails if the run left a secret in its
// output, its plan, its state or its log (trace.log).
func checkStoresNoSecret(t *testing.T, w *acctest.Workspace, secret string) {
	t.Helper()
	printed := w.PlanAndApply()
	for where, text := range map[string]string{
		"the output": printed,
		"the plan":   w.Unzip("saved.plan"),
		"the state":  w.Read("terraform.tfstate"),
		"the log":    w.Read("trace.log"),
		"the JSON":   w.Run(0, "show", "-json") + w.Run(0, "show", "-json", "saved.plan"),
	} {
		if containsSecret(text, secret) {
			t.Errorf("%s: got the secret there, want none", where)
		}
	}
}

// keyLine is a line of a key in PEM, as any text that shows the key would contain it.
func keyLine(t *testing.T, keyPEM string) string {
	t.Helper()
	lines := strings.Split(keyPEM, "\n")
	if len(lines) < 4 {
		t.Fatalf("the key in PEM: got %d lines, want at least 4", len(lines))
	}
	return lines[1]
}

func TestAccGateway(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	authority, server := newBank(t)
	cert, key := authority.Issue(t)
	env := append([]string{"JUSPAY_BASE_URL=", "TF_VAR_gateway_url=" + server.URL, "TF_VAR_client_key_pem=" + key}, logged...)
	w := newPageExample(t, server, "gateway", env...)
	w.Write("ca.pem", authority.CertPEM)
	w.Write("client.pem", cert)
	w.Write("account.tf", acctest.SingleRead)
	checkStoresNoSecret(t, w, keyLine(t, key))
	acctest.CheckNewRequests(t, server, 1)
}

func TestAccGateway_FromTheEnvironment(t *testing.T) {
	t.Parallel()
	authority, server := newBank(t)
	cert, key := authority.Issue(t)
	other, otherKey := juspaytest.NewAuthority(t).Issue(t)
	run := func(code int, env ...string) string {
		t.Helper()
		configuration := acctest.MainFile(t, acctest.ReadExample(t, "data-sources/juspay_customer_account"))
		w := acctest.NewWorkspace(t, server, configuration, append(env, "JUSPAY_CA_CERT_PEM="+authority.CertPEM)...)
		return w.Plan(code)
	}
	printed := run(0, "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key)
	check.Contains(t, "the output", printed, `+ vendor_account_status = "ACTIVE"`)
	check.Contains(t, "the output without a certificate", run(1), "Error: Client certificate required", "client_cert_pem and client_key_pem")
	printed = run(1, "JUSPAY_CLIENT_CERT_PEM="+other, "JUSPAY_CLIENT_KEY_PEM="+otherKey)
	check.Contains(t, "the output", printed, "Error: Client certificate refused", "tls: unknown certificate authority")
	check.Lacks(t, "the output", printed, keyLine(t, otherKey))
	acctest.CheckNewRequests(t, server, 1)
}

func TestAccGateway_RequestHeaders(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	const value = "fake-key-of-a-gateway"
	w := newPageExample(t, server, "request-headers", append([]string{"TF_VAR_gateway_key=" + value}, logged...)...)
	w.Write("account.tf", acctest.SingleRead)
	checkStoresNoSecret(t, w, value)
	header := server.Requests()[0].Header
	for name, want := range map[string]string{"Version": "2019-05-07", "X-Gateway-Key": value} {
		if got := header.Get(name); got != want {
			t.Errorf("the header %s: got %q, want %q", name, got, want)
		}
	}
}
