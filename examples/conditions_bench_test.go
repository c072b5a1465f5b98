// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

const manyAccounts = `
variable "accounts" {
  type = number
}

data "juspay_customer_account" "vendor" {
  count = var.accounts

  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
`

const onEach = `
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Not ACTIVE."
    }
  }
}
`

const overAll = `}

output "checked" {
  value = length(data.juspay_customer_account.vendor)

  precondition {
    condition     = alltrue([for account in data.juspay_customer_account.vendor : account.validation_status == "ACTIVE"])
    error_message = "Not ACTIVE."
  }
}
`

// BenchmarkConditions compares what it takes to plan with a postcondition on each
// of many accounts, and with one condition over all of them.
func BenchmarkConditions(b *testing.B) {
	for _, accounts := range []int{100, 1000} {
		for _, condition := range []struct{ name, text string }{{"no condition", "}\n"}, {"a postcondition on each", onEach}, {"one condition over all", overAll}} {
			b.Run(fmt.Sprintf("%d accounts/%s", accounts, condition.name), func(b *testing.B) {
				w := acctest.NewWorkspace(b, acctest.StartAPI(b), acctest.MainFile(b, requirement+manyAccounts+condition.text))
				for b.Loop() {
					w.Run(0, plan("-var", fmt.Sprintf("accounts=%d", accounts))...)
				}
			})
		}
	}
}
