// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccReadme(t *testing.T) {
	t.Parallel()
	blocks := strings.Split(acctest.ReadFile(t, "README.md"), "```terraform\n")
	read, _, _ := strings.Cut(blocks[1], "```")
	assertion, _, _ := strings.Cut(blocks[2], "```")
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, read))
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)

	withoutData, _, _ := strings.Cut(read, "data \"juspay_customer_account\" \"vendor\" {")
	w = acctest.NewWorkspace(t, server, acctest.MainFile(t, withoutData+assertion))
	check.Contains(t, "the output of plan", w.Plan(1), "Account banh_dairy_pending must be ACTIVE.")
	server.Put(juspaytest.NewAccount("cst_dairy", "banh_dairy_pending"))
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`)
}

// TestAccReadme_UnknownFields pastes the README's first configuration, and reads accounts
// whose responses have three fields that no page of Juspay's documents.
func TestAccReadme_UnknownFields(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	for _, account := range juspaytest.Samples() {
		server.Put(account.With("gstin_verified", true).With("upi_pin_enabled", false).With("min_validation_amount", 1))
	}
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, firstBlock(acctest.ReadFile(t, "README.md"), "terraform")))
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "ACTIVE"`, "Warning: Unknown fields in Juspay's response",
		"gstin_verified (1 account), min_validation_amount (1 account), upi_pin_enabled (1 account)")
}
