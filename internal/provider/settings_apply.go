// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// appliedSettings has the client's configuration while the settings are applied.
type appliedSettings struct {
	juspay.Config

	sources map[string]string   // the source of each setting, keyed by attribute
	chain   []*x509.Certificate // the certificates of client_cert_pem, nil if it is not set or not valid
	key     crypto.Signer       // the key of client_key_pem, nil if it is not set or not valid
}

// The maximum values of two settings, which are maximums themselves.
const (
	highestMaxRetries            = 10
	highestMaxConcurrentRequests = 256
)

func applyAPIKey(a *appliedSettings, source string, value attr.Value) error {
	a.APIKey = strings.TrimSpace(stringFromAttr(value))
	if a.APIKey == "" {
		return nil // missingKey reports it
	}
	if err := juspay.ValidateAPIKey(source, a.APIKey); err != nil {
		return fmt.Errorf("%w. Copy the key again from the Juspay dashboard", err)
	}
	return nil
}

func applyEnvironment(a *appliedSettings, source string, value attr.Value) error {
	var names []string
	for _, environment := range juspay.Environments() {
		if environment.Name == stringFromAttr(value) {
			a.BaseURL = environment.BaseURL
			return nil
		}
		names = append(names, environment.Name)
	}
	return fmt.Errorf("%w. For any other server, set base_url instead", newWordError(source, value, environmentList(juspay.Environments(), "%[1]q"), names...))
}

// environmentList formats the name and the URL of each environment.
func environmentList(environments []juspay.Environment, format string) string {
	var formatted []string
	for _, e := range environments {
		formatted = append(formatted, fmt.Sprintf(format, e.Name, e.BaseURL))
	}
	return strings.Join(formatted, " or ")
}

// newWordError returns the error of a value that is not among words; allowed is the text that lists
// them. The error shows only the beginning of a word, in upper or lower case, such as "Prod". Anything else
// may be a key that was put into the wrong place. Terraform itself quotes the line of a value in the
// configuration.
func newWordError(source string, value attr.Value, allowed string, words ...string) error {
	text := stringFromAttr(value)
	isShown := func(word string) bool { return len(text) <= len(word) && strings.EqualFold(text, word[:len(text)]) }
	switch {
	case slices.ContainsFunc(words, isShown):
		return fmt.Errorf("%s is %q. It must be %s", source, text, allowed)
	case source == envEnvironment:
		return fmt.Errorf("%s is another value, which is not shown because it may be secret. It must be %s", source, allowed)
	}
	return fmt.Errorf("%s is none of these: %s", source, allowed)
}

func applyBaseURL(a *appliedSettings, source string, value attr.Value) (err error) {
	a.BaseURL, err = juspay.NormalizeBaseURL(source, stringFromAttr(value))
	return err
}

func applyMerchantID(a *appliedSettings, source string, value attr.Value) error {
	a.MerchantID = stringFromAttr(value)
	return juspay.ValidateHeaderValue(source, a.MerchantID)
}

func applyRequestTimeout(a *appliedSettings, source string, value attr.Value) (err error) {
	a.RequestTimeout, err = time.ParseDuration(stringFromAttr(value))
	if err != nil || a.RequestTimeout <= 0 {
		return fmt.Errorf(`%s is %q. It must be a Go duration greater than zero, with a unit, such as "30s", "500ms" or "1m30s"`, source, stringFromAttr(value))
	}
	return nil
}

func applyMaxRetries(a *appliedSettings, source string, value attr.Value) (err error) {
	a.MaxRetries, err = wholeNumber(source, value, 0, highestMaxRetries)
	return err
}

func applyMaxConcurrentRequests(a *appliedSettings, source string, value attr.Value) (err error) {
	a.MaxConcurrentRequests, err = wholeNumber(source, value, 1, highestMaxConcurrentRequests)
	return err
}

// wholeNumber returns value as an int, or an error unless it is one from low to high.
func wholeNumber(source string, value attr.Value, low, high int64) (int, error) {
	number := numberFromAttr(value)
	n, accuracy := number.Int64()
	if accuracy != big.Exact || n < low || n > high {
		return 0, fmt.Errorf("%s is %s. It must be a whole number from %d to %d", source, shortNumber(number), low, high)
	}
	return int(n), nil
}

func applyRequestsPerSecond(a *appliedSettings, source string, value attr.Value) error {
	number := numberFromAttr(value)
	if a.RequestsPerSecond, _ = number.Float64(); a.RequestsPerSecond <= 0 {
		return fmt.Errorf("%s is %s. It must be greater than 0. For no limit, remove it", source, shortNumber(number))
	}
	return nil
}

// shortNumber returns at most 10 digits of a number for an error. A number may have a
// thousand digits.
func shortNumber(number *big.Float) string {
	text := number.Text('g', 10)
	if shown, _, err := big.ParseFloat(text, 10, number.Prec(), big.ToNearestEven); err != nil || shown.Cmp(number) != 0 {
		return "about " + text
	}
	return text
}

func applyCACert(a *appliedSettings, source string, value attr.Value) error {
	certificates, err := juspay.ParseCertificates(source, normalizePEM(stringFromAttr(value)))
	if err != nil {
		return pemError(err)
	}
	if a.RootCAs, err = juspay.NewCertPool(certificates); err != nil {
		return fmt.Errorf("%s: %w. Make the operating system's certificates readable, or remove ca_cert_pem", source, err)
	}
	return nil
}

func applyClientCert(a *appliedSettings, source string, value attr.Value) (err error) {
	a.chain, err = juspay.ParseCertificates(source, normalizePEM(stringFromAttr(value)))
	return pemError(err)
}

func applyClientKey(a *appliedSettings, source string, value attr.Value) (err error) {
	text := normalizePEM(stringFromAttr(value))
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, "-----") {
			a.ExtraSecrets = append(a.ExtraSecrets, line)
		}
	}
	a.key, err = juspay.ParsePrivateKey(source, text)
	return pemError(err)
}

// pemError adds a remedy to ErrNotPEM, since the usual mistake is to pass a file's name.
func pemError(err error) error {
	if errors.Is(err, juspay.ErrNotPEM) {
		return fmt.Errorf(`%w; pass the content of the file, in a configuration with file("name.pem"), and not its name`, err)
	}
	return err
}

// normalizePEM undoes the changes that environment variables and editors make to PEM: line
// breaks that are the two characters \n, a leading U+FEFF, and whitespace around lines.
func normalizePEM(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), `\n`, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

func applyUnknownFields(a *appliedSettings, source string, value attr.Value) error {
	a.UnknownFields = juspay.UnknownFieldMode(stringFromAttr(value))
	words := []string{string(juspay.ReportUnknownFields), string(juspay.RejectUnknownFields), string(juspay.IgnoreUnknownFields)}
	if slices.Contains(words, stringFromAttr(value)) {
		return nil
	}
	return newWordError(source, value, fmt.Sprintf("%q, %q or %q", words[0], words[1], words[2]), words...)
}

func applyAcceptedFields(a *appliedSettings, source string, value attr.Value) error {
	list, _ := value.(types.List)
	var errs []error
	for _, element := range list.Elements() {
		entry := stringFromAttr(element) // "" for null, which the client rejects
		a.AcceptedFields = append(a.AcceptedFields, entry)
		errs = append(errs, juspay.ValidateAcceptedField(source, entry))
	}
	return errors.Join(errs...)
}

// settingByHeader maps headers that the client sends itself to the setting of their value.
var settingByHeader = map[string]string{
	"Authorization":       "api_key",
	"Host":                "base_url",
	"X-Routing-Id":        "routing_id or routing_ids of the data source",
	"X-Merchantid":        "merchant_id",
	"User-Agent":          "the environment variable " + envAppendUserAgent,
	"Proxy-Authorization": "the environment variable HTTPS_PROXY",
}

func applyRequestHeaders(a *appliedSettings, source string, value attr.Value) error {
	headers, _ := value.(types.Map)
	a.RequestHeaders = map[string]string{}
	for name, value := range headers.Elements() {
		a.RequestHeaders[name] = stringFromAttr(value) // "" for null, which the client rejects
	}
	var errs []error
	for _, err := range juspay.ValidateRequestHeaders(a.RequestHeaders) {
		err = fmt.Errorf("%s: %w", source, err)
		var configErr *juspay.ConfigError
		if errors.As(err, &configErr) && settingByHeader[configErr.Header] != "" {
			err = fmt.Errorf("%w. Set %s instead", err, settingByHeader[configErr.Header])
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
