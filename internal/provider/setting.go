// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// setting is an attribute of the provider block.
type setting struct {
	attribute   string
	variable    string    // the environment variable, "" for none
	valueType   attr.Type // the type of the value, nil for types.StringType
	sensitive   bool
	quotable    bool // whether Terraform may quote the value in an error: it cannot contain a secret
	description string
	// apply sets fields of the client's configuration. Its error names the source.
	apply func(a *appliedSettings, source string, value attr.Value) error
}

// appliedSettings has the client's configuration while the settings are applied.
type appliedSettings struct {
	juspay.Config

	sources map[string]string   // the source of each setting, keyed by attribute
	chain   []*x509.Certificate // the certificates of client_cert_pem, nil if it is not set or not valid
	key     crypto.Signer       // the key of client_key_pem, nil if it is not set or not valid
}

// resolve returns the value of a setting and its source: the attribute, the environment
// variable, or "" if it is not set. An empty environment variable is not set. Whitespace
// around its value is from the file that it was read from, and is removed.
func (s setting) resolve(b blockValues, getenv func(string) string) (value attr.Value, source string) {
	if b.isUnknown(s.attribute) {
		return nil, "" // the attribute may have a value after apply, which takes precedence
	}
	if hasAttrValue(b[s.attribute]) {
		return b[s.attribute], s.attribute
	}
	if s.variable != "" && strings.TrimSpace(getenv(s.variable)) != "" {
		return types.StringValue(strings.TrimSpace(getenv(s.variable))), s.variable
	}
	return nil, ""
}

// applyValue applies a value, unless it comes from a variable and is in quotation marks.
func (s setting) applyValue(applied *appliedSettings, source string, value attr.Value) error {
	if source == s.variable && isQuoted(stringFromAttr(value)) {
		return fmt.Errorf("%s begins and ends with a quotation mark, which is part of its value. Remove the quotation marks", source)
	}
	return s.apply(applied, source, value)
}

// newInvalidError reports a value that cannot be used. Only the error of a quotable setting has the
// attribute's path: with a path, Terraform quotes the attribute's lines of the configuration, even if
// the value came from the environment.
func (s setting) newInvalidError(err error) diag.Diagnostic {
	e := diag.NewErrorDiagnostic(summaryInvalid+s.attribute, err.Error()+".")
	if !s.quotable {
		return e
	}
	return diag.WithPath(path.Root(s.attribute), e)
}

var (
	headersType        = types.MapType{ElemType: types.StringType}
	acceptedFieldsType = types.ListType{ElemType: types.StringType}
)
