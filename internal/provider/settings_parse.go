// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// Each apply function sets the fields of one setting; see setting.

func applyAPIKey(c *configuration, text string) error {
	c.APIKey = strings.TrimSpace(text)
	if c.APIKey == "" {
		return nil // missingKey reports it
	}
	if err := juspay.ValidateAPIKey(c.APIKey); err != nil {
		return fmt.Errorf("%w. Copy the key again from the Juspay dashboard", err)
	}
	return nil
}

func applyEnvironment(c *configuration, text string) error {
	for _, environment := range juspay.Environments() {
		if environment.Name == text {
			c.BaseURL = environment.BaseURL
			return nil
		}
	}
	return fmt.Errorf("is %q. It must be %s. For any other server, set base_url instead", text, environmentNames())
}

func applyBaseURL(c *configuration, text string) error {
	baseURL, err := juspay.NormalizeBaseURL(text)
	if err != nil && strings.Contains(text, "@") {
		return fmt.Errorf("%w; the API key belongs in api_key", err)
	}
	c.BaseURL = baseURL
	return err
}

func applyMerchantID(c *configuration, text string) error {
	c.MerchantID = text
	return juspay.ValidateHeaderValue(text)
}

func applyRequestTimeout(c *configuration, text string) (err error) {
	c.RequestTimeout, err = time.ParseDuration(text)
	if err != nil || c.RequestTimeout <= 0 {
		return fmt.Errorf(`is %q. It must be a Go duration greater than zero, with a unit, such as "30s", "500ms" or "1m30s"`, text)
	}
	return nil
}

func applyMaxRetries(c *configuration, number *big.Float) error {
	n, ok := intBetween(number, 0, maxRetries)
	if !ok {
		return fmt.Errorf("is %s. It must be a whole number from 0 to %d. 0 turns retries off", shortNumber(number), maxRetries)
	}
	c.MaxRetries = n
	return nil
}

func applyRequestsPerSecond(c *configuration, number *big.Float) error {
	c.RequestsPerSecond, _ = number.Float64()
	if c.RequestsPerSecond <= 0 {
		return fmt.Errorf("is %s. It must be greater than 0. For no limit, remove it", shortNumber(number))
	}
	return nil
}

func applyMaxConcurrentRequests(c *configuration, number *big.Float) error {
	n, ok := intBetween(number, 1, maxConcurrentRequests)
	if !ok {
		return fmt.Errorf("is %s. It must be a whole number from 1 to %d", shortNumber(number), maxConcurrentRequests)
	}
	c.MaxConcurrentRequests = n
	return nil
}

func applyCACert(c *configuration, text string) error {
	certificates, err := juspay.ParseCertificates(normalizePEM(text))
	if err != nil {
		return pemError(err)
	}
	c.RootCAs, err = juspay.NewCertPool(certificates)
	if err != nil {
		return fmt.Errorf("%w. Make the operating system's certificates readable, or remove ca_cert_pem", err)
	}
	return nil
}

func applyClientCert(c *configuration, text string) (err error) {
	c.chain, err = juspay.ParseCertificates(normalizePEM(text))
	return pemError(err)
}

func applyClientKey(c *configuration, text string) (err error) {
	text = normalizePEM(text)
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, "-----") {
			c.ExtraSecrets = append(c.ExtraSecrets, line)
		}
	}
	c.key, err = juspay.ParsePrivateKey(text)
	return pemError(err)
}

// pemError adds a remedy to ErrNotPEM, since the usual mistake is to pass a file's name.
func pemError(err error) error {
	if errors.Is(err, juspay.ErrNotPEM) {
		return fmt.Errorf(`%w; pass the content of a file, as with file("name.pem"), and not its name`, err)
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

func isSet(value attr.Value) bool {
	return !value.IsNull() && !value.IsUnknown()
}

// intBetween returns number as an int, and whether it is a whole number from low to high.
func intBetween(number *big.Float, low, high int64) (int, bool) {
	n, accuracy := number.Int64()
	return int(n), accuracy == big.Exact && n >= low && n <= high
}

// shortNumber returns at most 10 digits of a number for an error. A number may have a
// thousand digits.
func shortNumber(number *big.Float) string {
	return number.Text('g', 10)
}
