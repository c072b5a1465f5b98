// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// A plan that fails may have read another server than the one of JUSPAY_BASE_URL.
func TestPolicyGate_SaysWhichServerAFailedPlanDidNotRead(t *testing.T) {
	t.Parallel()
	const ignored = " JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it.\n"
	for name, row := range map[string]struct{ baseURL, want string }{
		"without JUSPAY_BASE_URL":        {"", "gate.sh: denied: terraform plan failed.\n"},
		"with one that no setting lists": {"https://other.example", "gate.sh:" + ignored + "gate.sh: denied: terraform plan failed." + ignored},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.program("terraform", "exit 1")
			g.check([]string{"JUSPAY_BASE_URL=" + row.baseURL}, nil, 1, row.want)
		})
	}
}

func TestPolicyGate_LetsOnlyAListedServerReplaceTheEnvironments(t *testing.T) {
	t.Parallel()
	const server = "https://smartgateway.hdfcbank.com"
	const ignored = "gate.sh: JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it.\n"
	for name, row := range map[string]struct {
		servers, baseURL, printed, kept string
	}{
		"a listed one":                  {`["production", "` + server + `"]`, server, "", server},
		"a server that is not listed":   {`["production", "` + server + `"]`, "https://evil.example", ignored, ""},
		"the beginning of a listed one": {`["` + server + `"]`, "https://smartgateway", ignored, ""},
		"a pattern":                     {`["` + server + `"]`, "https://*", ignored, ""},
		"no server":                     {`["production"]`, "", "", ""},
		"any, where any may be read":    {"false", "https://other.example", "", "https://other.example"},
	} {
		inEachShell(t, name, func(g fakeGate) {
			g.setting(`["production"]`, row.servers)
			calls := g.check([]string{"JUSPAY_BASE_URL=" + row.baseURL}, nil, 0, row.printed+allowedByFake)
			first, _, _ := strings.Cut(calls, "\n")
			_, got, _ := strings.Cut(first, " JUSPAY_BASE_URL=")
			check.Equal(g.t, "JUSPAY_BASE_URL of terraform plan", got, row.kept)
		})
	}
}
