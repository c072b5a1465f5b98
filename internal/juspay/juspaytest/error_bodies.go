// SPDX-License-Identifier: MPL-2.0

package juspaytest

// requestID is the request id of every response, in the header and in errors.
const requestID = "b2e0fd33-7655-4778-83a8-5179ed21b0b7"

// The bodies of the reference page's errors, and of two about the routing id.
var (
	unauthorizedBody = Error("error", "access_denied", "UNAUTHORIZED", "Unauthorized.",
		"Invalid API Key. Please pass a valid and active api key.")
	notFoundBody = withMessage("Cannot find what you are looking for", Error("invalid_request_error", "object_not_found", "RESOURCE_NOT_FOUND",
		"Cannot process your request as customer account not found.", "Customer account not found."))
	noRoutingIDBody = Error("error", "missing_parameter", "MISSING_MANDATORY_PARAMETER",
		"Mandatory parameter missing.", "x-routing-id header is missing.")
	otherRoutingIDBody = Error("error", "invalid_input", "INVALID_INPUT",
		"Invalid input.", "x-routing-id header is not the one of this customer.")
)

// Error returns an error body in the form of the reference page.
func Error(status, errorCode, code, userMessage, developerMessage string) map[string]any {
	return map[string]any{
		"status":     status,
		"error_code": errorCode,
		"error_info": map[string]any{
			"user_message":      userMessage,
			"developer_message": developerMessage,
			"code":              code,
			"category":          "USER_ERROR",
			"request_id":        requestID,
			"href":              "NA",
		},
	}
}

// withMessage adds what the page shows in the body of a 404 alone.
func withMessage(message string, body map[string]any) map[string]any {
	body["error_message"] = message
	return body
}
