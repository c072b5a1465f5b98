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

func TestHideIDs(t *testing.T) {
	t.Parallel()
	checkTexts(t, func(text string) string { return HideIDs(text, "vendor-a", "a", "") }, map[string]textRow{
		"Juspay's ids are hidden":            {"The account banh_a1 of cst_b2", "The account *** of ***"},
		"an id in punctuation is hidden":     {"no account (banh_a), or 'cst_a'.", "no account (***), or '***'."},
		"a request's id is hidden":           {"see b2e0fd33-7655-4778-83a8-5179ed21b0b7.", "see ***."},
		"a given id is hidden":               {"the vendor vendor-a is new", "the vendor *** is new"},
		"a given id is hidden as a word":     {"a bank and a vendor", "*** bank and *** vendor"},
		"another id is shown":                {"the vendor vendor-b is new", "the vendor vendor-b is new"},
		"punctuation alone is shown":         {"no account - ...", "no account - ..."},
		"an id that was hidden stays hidden": {"the account *** is new", "the account *** is new"},
	})
}
