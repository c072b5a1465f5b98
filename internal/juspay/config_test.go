// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// A field of Config that nothing reads would be a setting without an effect.
func TestConfig_EachFieldIsRead(t *testing.T) {
	t.Parallel()
	validateRE := regexp.MustCompile(`(?s)\nfunc \(cfg Config\) Validate.*?\n}\n`)
	var source strings.Builder
	for _, name := range check.Must(filepath.Glob("*.go")) {
		if !strings.HasSuffix(name, "_test.go") {
			source.Write(validateRE.ReplaceAll(check.Must(os.ReadFile(name)), nil))
		}
	}
	for field := range reflect.TypeFor[Config]().Fields() {
		if !regexp.MustCompile(`\bcfg\.` + field.Name + `\b`).MatchString(source.String()) {
			t.Errorf("the client: got nothing that reads cfg.%s, want that it is read outside of Validate", field.Name)
		}
	}
}

// A text with a line break and a number below zero are no value of any setting.
func TestConfig_EachFieldIsChecked(t *testing.T) {
	t.Parallel()
	for field := range reflect.TypeFor[Config]().Fields() {
		cfg := Config{APIKey: "fake", BaseURL: Sandbox.BaseURL}
		switch value := reflect.ValueOf(&cfg).Elem().FieldByIndex(field.Index); {
		case field.Name == "APIKeySource" || field.Name == "NoProxy": // any text is one
			continue
		case value.Kind() == reflect.String:
			value.SetString("a\nb")
		case value.CanInt():
			value.SetInt(-1)
		case value.CanFloat():
			value.SetFloat(-1)
		default:
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			var configErr *ConfigError
			if err := cfg.Validate(); !errors.As(err, &configErr) || configErr.Field != field.Name {
				t.Errorf("Validate in config.go: got the error %v, want a *ConfigError of %s", err, field.Name)
			}
		})
	}
}

func TestConfig_IsRejected(t *testing.T) {
	t.Parallel()
	const (
		control = " must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
		plain   = "BaseURL must begin with https://, because the API key is sent to it; http:// is for servers on this machine only (localhost, 127.0.0.0/8, ::1)"
		colon   = "APIKey contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it"
	)
	check.Rows(t, func(t *testing.T, change func(*Config)) string {
		cfg := Config{APIKey: "fake", BaseURL: Sandbox.BaseURL}
		change(&cfg)
		_, err := New(cfg)
		if !errors.As(err, new(*ConfigError)) {
			t.Errorf("New: got the error %v, want a *ConfigError", err)
		}
		return check.TextOf(err)
	}, map[string]check.Row[func(*Config), string]{
		"no API key":                      {func(c *Config) { c.APIKey = "" }, "APIKey is empty"},
		"a base URL of another machine":   {func(c *Config) { c.BaseURL = "http://example.com" }, plain},
		"a merchant id with a line break": {func(c *Config) { c.MerchantID = "a\nb" }, "MerchantID" + control},
		"a user agent with a line break":  {func(c *Config) { c.UserAgent = "a\nb" }, "UserAgent" + control},
		"a proxy of another scheme": {func(c *Config) { c.HTTPSProxy = "ftp://proxy" }, "HTTPSProxy must begin with http://, https://, socks5:// or " +
			"socks5h://"},
		"an accepted field of the page": {func(c *Config) { c.AcceptedFields = []string{"hold", "Currency"} },
			"AcceptedFields has Currency, on which every read depends; it cannot be accepted"},
		"another word for unknown fields": {func(c *Config) { c.UnknownFields = "refuse" }, `UnknownFields must be empty, "warn", "error" or "ignore"`},
		"numbers below zero": {func(c *Config) {
			c.RequestTimeout, c.MaxRetries, c.MaxConcurrentRequests, c.RequestsPerSecond = -1, -1, -1, -0.5
		}, "RequestTimeout must be zero or more\nMaxRetries must be zero or more\nMaxConcurrentRequests must be zero or more\n" +
			"RequestsPerSecond must be zero or more"},
		"a rate that is not a number": {func(c *Config) { c.RequestsPerSecond = math.NaN() }, "RequestsPerSecond must be zero or more"},
		"a reserved header": {func(c *Config) { c.RequestHeaders = map[string]string{"Host": "name"} },
			"the header Host cannot be set: it is the host of the base URL"},
		"a key with a colon, and no server": {func(c *Config) { c.APIKey, c.BaseURL = "fake:key", "" }, colon + "\nBaseURL is empty"},
	})
}
