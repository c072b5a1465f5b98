// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestCheckListHeader(t *testing.T) {
	t.Parallel()
	const link, total, contentRange = "Link leads to a next page",
		"X-Total-Count is not 2, the number of accounts in the list", "Content-Range does not end in 2, the number of accounts in the list"
	for line, want := range map[string]string{
		`Link: </x?page=2>; rel="next"`:                   link,
		`Link: </x>; rel=prev, </y>; title="a"; REL=Next`: link,
		`Link: </x>; rel="last next"`:                     link,
		`Link: </x>; rel='next'`:                          link,
		`Link: </x>; rel="prev"`:                          "",
		`Link: </next>; rel=preload; as=style`:            "",
		`X-Total-Count: 250`:                              total,
		`X-Total-Count: many`:                             total,
		`X-Total-Count:  2 `:                              "",
		`Content-Range: items 0-1/250`:                    contentRange,
		`Content-Range: items 0-1/*`:                      contentRange,
		`Content-Range: accounts 0-1/2`:                   "",
		`X-Unknown: 250`:                                  "",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			list := `{"list":[` + accountJSON("banh_a", "cst_a") + `,` + accountJSON("banh_b", "cst_a") + `]}`
			_, err := scriptedClient(t, respondInTurn(respondWith(200, list, line))).List(t.Context(), "cst_a", "", ReadOptions{})
			check.ErrorText(t, "List", err, prefixUnlessEmpty("juspay: incomplete (HTTP 200): the list may be incomplete: its header ", want))
			_, err = scriptedClient(t, respondInTurn(respondWith(200, accountBody, line))).Get(t.Context(), accountA, ReadOptions{})
			check.NoError(t, "Get", err) // one account is no list
		})
	}
}
