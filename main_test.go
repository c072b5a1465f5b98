// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// What is compiled into the provider is what its users run beside their keys.
func TestMain_HasNoTestCode(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	check.NoError(t, "go list", err)
	packages := strings.Fields(string(out))
	if len(packages) < 50 {
		t.Fatalf("go list: got %d packages, want at least 50", len(packages))
	}
	check.Lacks(t, "the packages of the provider", string(out), "juspaytest", "tfcli", "terraform-plugin-testing", "hc-install", "net/http/httptest")
}

func TestMain_LogsAreOffWhereNobodyWouldSeeThem(t *testing.T) {
	t.Parallel()
	off := map[string]string{"TF_LOG_SDK": "ERROR", "TF_LOG_PROVIDER_JUSPAY": "ERROR"}
	for name, test := range map[string]struct {
		env, want map[string]string
	}{
		"no logs are requested":       {nil, off},
		"logs are requested":          {map[string]string{"TF_LOG": "INFO"}, nil},
		"provider logs are requested": {map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, nil},
		"only core logs":              {map[string]string{"TF_LOG_CORE": "TRACE"}, off},
		"an empty level is off":       {map[string]string{"TF_LOG": ""}, off},
		"own levels stay":             {map[string]string{"TF_LOG_SDK": "TRACE"}, map[string]string{"TF_LOG_PROVIDER_JUSPAY": "ERROR"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			disableProviderLogs(
				func(name string) (string, bool) { value, ok := test.env[name]; return value, ok },
				func(name, value string) error { got[name] = value; return nil },
			)
			check.Equal(t, "the variables that are set", got, test.want)
		})
	}
}
