// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccOpenTofu_ProviderForEach(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.ProviderForEach)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "opentofu/merchants"))
	check.Lacks(t, "the output", w.Plan(0), "Warning: Provider configuration for_each")
	got := map[string]int{}
	for _, request := range server.Requests() {
		got[request.Header.Get("X-Merchantid")]++
	}
	check.Equal(t, "the requests by merchant", got, map[string]int{"acme_books": 1, "acme_toys": 1})
}

func TestAccOpenTofu_Enabled(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.LifecycleSwitch)
	for pays, want := range map[string]struct {
		requests int
		printed  string
	}{
		"true":  {1, "Plan: 1 to add, 0 to change, 0 to destroy."},
		"false": {0, "No changes."},
	} {
		t.Run("pays_vendor is "+pays, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, acctest.Example(t, "opentofu/enabled"))
			check.Contains(t, "the output of plan", w.Plan(0, "-var=pays_vendor="+pays), want.printed)
			acctest.CheckNewRequests(t, server, want.requests)
		})
	}
}

func TestAccOpenTofu_Encryption(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.StateEncryption)
	const passphrase = "a passphrase of a test"
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.Example(t, "opentofu/encryption"), "TF_VAR_passphrase="+passphrase)
	w.Plan(0, "-out", "saved.plan")
	w.Run(0, "apply", "-no-color", "saved.plan")
	check.Contains(t, "the output of show", w.Run(0, "show", "-json"), juspaytest.VPA) // what is encrypted
	for _, file := range []string{"saved.plan", "terraform.tfstate"} {
		content := w.Read(file)
		check.Lacks(t, file, content, juspaytest.VPA, passphrase, "banh_acme_active")
		if !strings.Contains(content, `"encrypted_data"`) {
			t.Errorf("%s: got a file without encrypted_data, want one with it", file)
		}
	}
	if code, _ := w.TryRun(t.Context(), "show", "-json", "-var=passphrase=another passphrase"); code != 1 {
		t.Errorf("another passphrase: got exit code %d, want 1", code)
	}
}
