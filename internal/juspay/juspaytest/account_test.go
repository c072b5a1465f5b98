// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestAccount_With(t *testing.T) {
	t.Parallel()
	account := NewAccount("cst_a", "banh_a")
	changed := account.With("currency", "USD").Without("last_validated").WithBankDetails()
	check.Equal(t, "the original", account, NewAccount("cst_a", "banh_a"))
	check.Equal(t, "the currency of the copy", changed["currency"], any("USD"))
	check.Equal(t, "last_validated of the copy", changed["last_validated"], nil)
}
