// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// rfc3339RE matches the timestamps that Terraform's functions accept. Package time also
// accepts one-digit hours and decimal commas.
var rfc3339RE = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)

// parseTimestamp returns the time of s, and whether s is in RFC 3339.
func parseTimestamp(s string) (time.Time, bool) {
	parsed, err := time.Parse(time.RFC3339, s)
	return parsed, err == nil && rfc3339RE.MatchString(s)
}

// timestampOrNull returns s in UTC. It returns a timestamp in another form unchanged, with
// a warning, since the status is still valid.
func timestampOrNull(accountPath path.Path, attribute, s string, diags *diag.Diagnostics) tftypes.Value {
	if s == "" {
		return stringOrNull("")
	}
	if parsed, ok := parseTimestamp(s); ok {
		if utc, err := parsed.UTC().MarshalText(); err == nil { // MarshalText fails for years after 9999
			return newString(string(utc))
		}
	}
	diags.AddAttributeWarning(accountPath.AtName(attribute), summaryUnexpectedFormat+attribute,
		"Juspay sent a value for "+attribute+" that is not a timestamp in RFC 3339, the format that Terraform's functions take. "+
			"It is passed through unchanged, so that timecmp and validated_within fail on it. Report it to Juspay's support.")
	return newString(s)
}
