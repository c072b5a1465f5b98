// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// errOtherCustomer reports a response whose customer_id is not the requested customer's.
var errOtherCustomer = errors.New("another customer")

// returnedIDs remembers the id that Juspay returned for each reference of the merchant's.
type returnedIDs struct{ byReference sync.Map }

// check fails unless a response with the customer_id got is for the customer want. A customer
// may be requested by the merchant's own reference; Juspay then returns that reference or
// its own id, which must be the same in every response.
func (c *returnedIDs) check(got, want string, redactor redact.Redactor) error {
	if got == want {
		return nil
	}
	if got == "" {
		return fmt.Errorf("%w: it has no customer_id, and %q was requested", errOtherCustomer, redact.ID(want))
	}
	returned, requested := displayIDPair(redactor, got, want)
	if isJuspayCustomerID(want) || !isJuspayCustomerID(got) {
		return fmt.Errorf("%w: its customer_id is %s, and %s was requested", errOtherCustomer, returned, requested)
	}
	if known, _ := c.byReference.LoadOrStore(want, got); known != got {
		returned, earlier := displayIDPair(redactor, got, fmt.Sprint(known))
		return fmt.Errorf("%w: its customer_id is %s, and Juspay returned %s for %s before", errOtherCustomer, returned, earlier, requested)
	}
	return nil
}

// isJuspayCustomerID reports whether id has the form of Juspay's own ids of customers.
func isJuspayCustomerID(id string) bool {
	const prefix = "cst_"
	return strings.HasPrefix(id, prefix) && id != prefix
}
