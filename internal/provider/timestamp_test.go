// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func TestTimestamps(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"2023-06-06T13:29:49Z":            "2023-06-06T13:29:49Z",
		"2023-06-06T18:59:49+05:30":       "2023-06-06T13:29:49Z",
		"2023-01-01T00:15:00.120+05:30":   "2022-12-31T18:45:00.12Z",
		"2024-02-29T23:59:59.999999999Z":  "2024-02-29T23:59:59.999999999Z",
		"0001-01-01T00:00:00Z":            "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59-00:30":       "", // the year 10000 in UTC
		"2023-02-29T00:00:00Z":            "",
		"2023-06-06T13:29:49":             "",
		"2023-06-06 13:29:49Z":            "",
		"2023-06-06T3:29:49Z":             "",
		"2023-06-06T13:29:49,5Z":          "",
		"2023-06-06T13:29:49+25:00":       "",
		"1686058189":                      "",
		"yesterday":                       "",
		" 2023-06-06T13:29:49Z":           "",
		"2023-06-06T13:29:49Z\n":          "",
		"Tue, 06 Jun 2023 13:29:49 +0000": "",
	} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			wantDiags := []string(nil)
			if want == "" {
				want = sent
				for _, name := range []string{"date_created", "last_validated"} {
					wantDiags = append(wantDiags, name+": Unexpected format of "+name+": Juspay sent a value for "+name+" that is not a timestamp in RFC 3339, "+
						"the format that Terraform's functions take. It is passed through unchanged, so that timecmp and validated_within fail on it. Report it to Juspay's "+
						"support.")
				}
			}
			values, diags := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{DateCreated: sent, LastValidated: sent})
			check.Equal(t, "date_created", stringFromTF(values["date_created"]), want)
			check.Equal(t, "last_validated", stringFromTF(values["last_validated"]), want)
			checkDiagnostics(t, diags, wantDiags...)
			if diags.HasError() {
				t.Error("got an error, want warnings only")
			}
		})
	}
}
