// SPDX-License-Identifier: MPL-2.0

package redact

import "testing"

func TestID(t *testing.T) {
	t.Parallel()
	checkTexts(t, ID, map[string]textRow{
		"Juspay's id is shown":                           {"cst_zqqmw0v4exbhvv2l", "cst_zqqmw0v4exbhvv2l"},
		"Juspay's id with single digits is shown":        {"cst_1a2b3c4d5e6f7a8b", "cst_1a2b3c4d5e6f7a8b"},
		"a merchant's reference is shown":                {"vendor-7", "vendor-7"},
		"six digits are shown":                           {"vendor-123456", "vendor-123456"},
		"seven digits are hidden":                        {"vendor-1234567", "ve***"},
		"seven digits in groups are hidden":              {"12 34-56x7", "12***"},
		"digits of another script are hidden":            {"९८७६५४३२१०", "९८***"},
		"an email address is hidden":                     {"ravi@example.com", "ra***"},
		"a full-width at sign is hidden":                 {"ravi＠example", "ra***"},
		"a phone number after Juspay's prefix is hidden": {"cst_9198765432100", "cs***"},
		"a short id is hidden":                           {"@", "@***"},
	})
}
