// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestPolicyGate_RejectsWhatReplacesTheProvider(t *testing.T) {
	t.Parallel()
	const off = `; or set juspay.registry_providers to false in settings.json.` + "\n"
	replaced := func(file string) string {
		return "gate.sh: " + file + " may replace the provider by another program, with dev_overrides or provider_installation. Remove those" + off
	}
	changes := func(name string) string {
		return "gate.sh: " + name + " changes what terraform runs. Unset it, and pass arguments to the gate.\n"
	}
	for name, row := range map[string]struct {
		file, content string
		env           []string
		want          string
		always        bool
	}{
		"a directory terraform.d": {
			file: "terraform.d/plugins/x", content: "x",
			want: "gate.sh: the directory terraform.d may hold another program under the provider's name. Remove it" + off,
		},
		"dev_overrides": {file: "x.tfrc", content: "dev_overrides {}", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"}, want: replaced("x.tfrc")},
		"provider_installation": {file: "x.tfrc", content: "provider_installation {}", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"},
			want: replaced("x.tfrc")},
		"names with escapes": {file: "x.tfrc", content: `"dev\u005foverrides" {}`, env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"},
			want: replaced("x.tfrc")},
		"the home directory's configuration": {file: ".terraformrc", content: "provider_installation {}", env: []string{"HOME=."},
			want: replaced("./.terraformrc")},
		"one of a directory of configurations": {file: ".terraform.d/a.tfrc", content: "provider_installation {}", env: []string{"HOME=."},
			want: replaced("./.terraform.d/a.tfrc")},
		"a CLI configuration of another kind": {file: "x.tfrc", content: "disable_checkpoint = true", env: []string{"TF_CLI_CONFIG_FILE=x.tfrc"}},
		"TF_REATTACH_PROVIDERS":               {env: []string{"TF_REATTACH_PROVIDERS={}"}, want: changes("TF_REATTACH_PROVIDERS"), always: true},
		"TF_CLI_ARGS":                         {env: []string{"TF_CLI_ARGS=-no-color"}, want: changes("TF_CLI_ARGS"), always: true},
		"TF_CLI_ARGS_plan":                    {env: []string{"TF_CLI_ARGS_plan=-refresh=false"}, want: changes("TF_CLI_ARGS_plan"), always: true},
		"TF_CLI_ARGS_show":                    {env: []string{"TF_CLI_ARGS_show=x"}, want: changes("TF_CLI_ARGS_show"), always: true},
	} {
		inEachShell(t, name, func(g fakeGate) {
			if row.file != "" {
				g.write(row.file, row.content)
			}
			if row.want == "" {
				g.check(row.env, nil, 0, allowedByFake)
				return
			}
			g.checkRejected(row.env, nil, row.want)
			if row.always {
				return
			}
			g.setting(`"registry_providers": true`, `"registry_providers": false`)
			g.check(row.env, nil, 0, allowedByFake)
		})
	}
}

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
