// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// errorEnvelope is the body of Juspay's errors. It has one of two forms: the reference page's
// 401 and 404, or the form of Juspay's error pages, which may be within a field response. Any
// part may be missing.
type errorEnvelope struct {
	code, errorCode, message, requestID string
	status                              string
	isJuspay                            bool // whether the body has one of the two forms
}

// newErrorEnvelope returns the parts that can be read: a malformed error is still an error.
func newErrorEnvelope(body fields.Object) errorEnvelope {
	outer := &fields.Reader{Fields: body}
	if inner := outer.Object("response"); len(inner.Fields) > 0 {
		outer = inner
	}
	info := outer.Object("error_info")
	e := errorEnvelope{
		code:      info.AnyText("code"),
		errorCode: outer.AnyText("error_code", "errorCode"),
		message: cmp.Or(info.AnyText("developer_message", "user_message"),
			outer.AnyText("error_message", "errorMessage", "userMessage")),
		requestID: info.AnyText("request_id"),
		status:    outer.AnyText("status"),
	}
	isError := string(outer.Fields["error"]) == "true"
	isReferenceForm := len(info.Fields) > 0 || redact.IsCode(e.errorCode) || (e.message != "" && e.status != "")
	isErrorPageForm := isError && (e.errorCode != "" || e.message != "")
	e.isJuspay = isReferenceForm || isErrorPageForm
	return e
}
