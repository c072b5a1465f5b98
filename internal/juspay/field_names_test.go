// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestFieldNames_AreAccepted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entries []string
		field   string
		want    string
	}{
		"an unknown field by its name":             {[]string{"hold_reason"}, `"hold_reason":"x"`, outcomeAccepted},
		"an unknown field in another spelling":     {[]string{"holdReason"}, `"HOLD_REASON":"x"`, outcomeAccepted},
		"an unknown field by this value":           {[]string{"hold=1"}, `"hold":1`, outcomeAccepted},
		"an unknown field with another value":      {[]string{"hold=1"}, `"hold":2`, outcomeWarned},
		"an unknown field by one of two values":    {[]string{"hold=1", "hold=2"}, `"hold":2`, outcomeAccepted},
		"an unknown field by name and by value":    {[]string{"hold", "hold=1"}, `"hold":2`, outcomeAccepted},
		"a name in its escapes":                    {[]string{`h\u0455ld`}, `"hѕld":2`, outcomeAccepted},
		"a name in its own script":                 {[]string{"hѕld"}, `"hѕld":2`, outcomeAccepted},
		"a name whose letters are composed":        {[]string{"caf\u00e9"}, `"cafe\u0301":2`, outcomeAccepted},
		"a value whose letters are composed":       {[]string{"error=caf\u00e9"}, `"error":"cafe\u0301"`, outcomeAccepted},
		"a name that looks the same":               {[]string{"hold"}, `"hоld":2`, outcomeWarned},
		"a contradiction by this value":            {[]string{"is_active=false"}, `"is_active":false`, outcomeAccepted},
		"a contradiction by this value as text":    {[]string{"is_active=false"}, `"isActive":"false"`, outcomeAccepted},
		"a contradiction with another value":       {[]string{"is_active=false"}, `"is_active":0`, outcomeRejected},
		"a contradiction by this value's case":     {[]string{"status=ON HOLD"}, `"status":"on hold"`, outcomeRejected},
		"a value that holds an equals sign":        {[]string{"error=a=b"}, `"error":"a=b"`, outcomeAccepted},
		"a contradiction of another field's value": {[]string{"is_active=false"}, `"active":false`, outcomeRejected},
		"a field vpa beside the details":           {[]string{"vpa"}, `"vpa":"a@b"`, outcomeAccepted},
		"a field vpa, but not two VPAs in details": {[]string{"vpa"}, `"account_details":{"vpa":"a@b","VPA":"c@d"}`, outcomeRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := check.Must(splitObject([]byte(responseWith(`"validation_status":"ACTIVE",` + test.field))))
			account, err := newAccountDecoder(redact.Redactor{}, test.entries...).decodeRequested(fields, accountA, ReadOptions{})
			got := outcomeAccepted
			if err != nil {
				got = outcomeRejected
			} else if account.UnknownFieldNames != "" {
				got = outcomeWarned
			}
			check.Equal(t, fmt.Sprintf("what becomes of the account, where the error is %v", err), got, test.want)
		})
	}
}
