// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// What is compiled into the provider is what its users run beside their keys.
func TestTheProviderHoldsNoTestCode(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 50 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, name := range packages {
		for _, unwanted := range []string{"juspaytest", "tfcli", "terraform-plugin-testing", "hc-install", "net/http/httptest"} {
			if strings.Contains(name, unwanted) {
				t.Errorf("%s is compiled into the provider", name)
			}
		}
	}
}
