// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// environ makes a getenv of pairs.
func environ(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

// problems renders diagnostics as "path: summary: detail".
func problems(diags diag.Diagnostics) []string {
	var rendered []string
	for _, d := range diags {
		where := "-"
		if withPath, ok := d.(diag.DiagnosticWithPath); ok {
			where = withPath.Path().String()
		}
		rendered = append(rendered, fmt.Sprintf("%s: %s: %s", where, d.Summary(), d.Detail()))
	}
	return rendered
}

func checkProblems(t *testing.T, diags diag.Diagnostics, want ...string) {
	t.Helper()
	if got := problems(diags); !slices.Equal(got, want) {
		t.Errorf("got problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Each setting that has an environment variable, by its default, from the
// environment, from the configuration, and from both.
func TestClientConfig_Precedence(t *testing.T) {
	t.Parallel()
	fromConfig := types.StringValue
	for name, test := range map[string]struct {
		set         func(*providerModel, string)
		variable    string
		config, env string
		get         func(juspay.Config) string
		wantDefault string
		wantEnv     string
		wantConfig  string
	}{
		"api_key": {
			func(m *providerModel, v string) { m.APIKey = fromConfig(v) }, "JUSPAY_API_KEY", "fake-config", "fake-env",
			func(c juspay.Config) string { return c.APIKey }, "", "fake-env", "fake-config",
		},
		"environment": {
			func(m *providerModel, v string) { m.Environment = fromConfig(v) }, "JUSPAY_ENV", "sandbox", "production",
			func(c juspay.Config) string { return c.BaseURL }, "https://sandbox.juspay.in", "https://api.juspay.in", "https://sandbox.juspay.in",
		},
		"environment, the other way round": {
			func(m *providerModel, v string) { m.Environment = fromConfig(v) }, "JUSPAY_ENV", "production", "sandbox",
			func(c juspay.Config) string { return c.BaseURL }, "https://sandbox.juspay.in", "https://sandbox.juspay.in", "https://api.juspay.in",
		},
		"base_url": {
			func(m *providerModel, v string) { m.BaseURL = fromConfig(v) }, "JUSPAY_BASE_URL", "https://config.example.com/", "https://env.example.com/",
			func(c juspay.Config) string { return c.BaseURL }, "https://sandbox.juspay.in", "https://env.example.com", "https://config.example.com",
		},
		"merchant_id": {
			func(m *providerModel, v string) { m.MerchantID = fromConfig(v) }, "JUSPAY_MERCHANT_ID", "config-shop", "env-shop",
			func(c juspay.Config) string { return c.MerchantID }, "", "env-shop", "config-shop",
		},
	} {
		for _, from := range []struct {
			name        string
			env, config bool
			want        string
		}{
			{"nothing set", false, false, test.wantDefault},
			{"environment only", true, false, test.wantEnv},
			{"configuration only", false, true, test.wantConfig},
			{"both", true, true, test.wantConfig},
		} {
			t.Run(name+"/"+from.name, func(t *testing.T) {
				t.Parallel()
				var model providerModel
				env := map[string]string{}
				if from.config {
					test.set(&model, test.config)
				}
				if from.env {
					env[test.variable] = test.env
				}
				config, diags := model.clientConfig(environ(env))
				checkProblems(t, diags)
				if got := test.get(config); got != from.want {
					t.Errorf("got %q, want %q", got, from.want)
				}
			})
		}
	}
}

func TestClientConfig_WithoutVariables(t *testing.T) {
	t.Parallel()
	number := func(value float64) types.Number { return types.NumberValue(big.NewFloat(value)) }
	for name, test := range map[string]struct {
		model providerModel
		want  juspay.Config
	}{
		"the defaults":    {providerModel{}, juspay.Config{RequestTimeout: 30 * time.Second, MaxRetries: 4, MaxConcurrentRequests: 32}},
		"a timeout":       {providerModel{RequestTimeout: types.StringValue("1m30s")}, juspay.Config{RequestTimeout: 90 * time.Second, MaxRetries: 4, MaxConcurrentRequests: 32}},
		"the least":       {providerModel{MaxRetries: number(0), MaxConcurrentRequests: number(1)}, juspay.Config{RequestTimeout: 30 * time.Second, MaxConcurrentRequests: 1}},
		"the most":        {providerModel{MaxRetries: number(10), MaxConcurrentRequests: number(256)}, juspay.Config{RequestTimeout: 30 * time.Second, MaxRetries: 10, MaxConcurrentRequests: 256}},
		"a low rate":      {providerModel{RequestsPerSecond: number(0.5)}, juspay.Config{RequestTimeout: 30 * time.Second, MaxRetries: 4, MaxConcurrentRequests: 32, RequestsPerSecond: 0.5}},
		"a rate too high": {providerModel{RequestsPerSecond: number(1e300)}, juspay.Config{RequestTimeout: 30 * time.Second, MaxRetries: 4, MaxConcurrentRequests: 32, RequestsPerSecond: 1e300}},
	} {
		got, diags := test.model.clientConfig(environ(nil))
		checkProblems(t, diags)
		test.want.BaseURL, test.want.RequestHeaders = juspay.Sandbox.BaseURL, map[string]string{}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// environment and base_url exclude each other, but a base_url in the configuration
// beats JUSPAY_ENV.
func TestClientConfig_EnvironmentAndBaseURL(t *testing.T) {
	t.Parallel()
	const bank = "https://bank.example.com"
	production, baseURL := types.StringValue("production"), types.StringValue(bank)
	conflict := func(environment, url string) []string {
		return []string{"environment: Conflicting environment and base_url: " + environment + " and " + url + " are both set, and each selects the server to read from. Remove or unset one of them."}
	}
	for name, test := range map[string]struct {
		model       providerModel
		environment string
		baseURL     string
		want        []string
		wantURL     string
	}{
		"both in the configuration":                                {providerModel{Environment: production, BaseURL: baseURL}, "", "", conflict("environment", "base_url"), bank},
		"both in the environment":                                  {providerModel{}, "production", bank, conflict("JUSPAY_ENV", "JUSPAY_BASE_URL"), bank},
		"environment in the configuration, URL in the environment": {providerModel{Environment: production}, "", bank, conflict("environment", "JUSPAY_BASE_URL"), bank},
		"environment in both, URL in the environment":              {providerModel{Environment: production}, "sandbox", bank, conflict("environment", "JUSPAY_BASE_URL"), bank},
		"URL in the configuration, environment outside":            {providerModel{BaseURL: baseURL}, "production", "", nil, bank},
		"URL in both, environment outside":                         {providerModel{BaseURL: baseURL}, "production", "https://other.example", nil, bank},
		"URL in the configuration, a bad environment outside":      {providerModel{BaseURL: baseURL}, "prod", "", nil, bank},
		"URL in the environment":                                   {providerModel{}, "", bank, nil, bank},
		"an unknown URL":                                           {providerModel{BaseURL: types.StringUnknown(), Environment: production}, "", "", nil, "https://api.juspay.in"},
	} {
		config, diags := test.model.clientConfig(environ(map[string]string{"JUSPAY_ENV": test.environment, "JUSPAY_BASE_URL": test.baseURL}))
		if got := problems(diags); !slices.Equal(got, test.want) || config.BaseURL != test.wantURL {
			t.Errorf("%s: got %q, %v, want %q, %v", name, config.BaseURL, got, test.wantURL, test.want)
		}
	}
}

func TestClientConfig_TrimsTheKey(t *testing.T) {
	t.Parallel()
	config, diags := providerModel{APIKey: types.StringValue("\t fake-key\r\n")}.clientConfig(environ(nil))
	checkProblems(t, diags)
	if config.APIKey != "fake-key" || config.APIKeySource != "api_key" {
		t.Errorf("got %q from %q", config.APIKey, config.APIKeySource)
	}
}

// TestClientConfig_InvalidSettings has a row for each message. TestFaults_Configuration has
// more values.
func TestClientConfig_InvalidSettings(t *testing.T) {
	t.Parallel()
	const (
		colon    = " contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it. Copy the key again from the Juspay dashboard."
		chars    = " contains whitespace, a control character or a character outside ASCII. Copy the key again from the Juspay dashboard."
		choose   = ` It must be "sandbox" or "production". For any other server, set base_url instead.`
		duration = ` It must be a Go duration greater than zero, with a unit, such as "30s", "500ms" or "1m30s".`
		count    = " It must be a whole number from 0 to 10. 0 turns retries off."
		above    = " It must be greater than 0. For no limit, remove it."
		inFlight = " It must be a whole number from 1 to 256."
	)
	number := func(value float64) types.Number { return types.NumberValue(big.NewFloat(value)) }
	value := types.StringValue
	for name, test := range map[string]struct {
		model providerModel
		env   map[string]string
		want  string
	}{
		"a key with a colon":                              {providerModel{APIKey: value("fake:key")}, nil, "-: Invalid api_key: api_key" + colon},
		"a key with a space, from environment":            {providerModel{}, map[string]string{"JUSPAY_API_KEY": "fake key"}, "api_key: Invalid api_key: JUSPAY_API_KEY" + chars},
		"an environment that is none":                     {providerModel{Environment: value("prod")}, nil, `environment: Invalid environment: environment is "prod".` + choose},
		"an environment in capitals":                      {providerModel{}, map[string]string{"JUSPAY_ENV": "Sandbox"}, `environment: Invalid environment: JUSPAY_ENV is "Sandbox".` + choose},
		"an empty environment":                            {providerModel{Environment: value("")}, nil, `environment: Invalid environment: environment is "".` + choose},
		"a base URL without a scheme":                     {providerModel{BaseURL: value("api.juspay.in")}, nil, "base_url: Invalid base_url: base_url must begin with https:// (or, for a server on this machine, http://)."},
		"a base URL with a password":                      {providerModel{}, map[string]string{"JUSPAY_BASE_URL": "https://fake-user@bank.example"}, "base_url: Invalid base_url: JUSPAY_BASE_URL must not hold a user name or password; the API key belongs in api_key."},
		"a base URL with a password, which is not quoted": {providerModel{BaseURL: value("https://fake-user:fake-password@bank.example")}, nil, "-: Invalid base_url: base_url must not hold a user name or password; the API key belongs in api_key."},
		"an empty base URL":                               {providerModel{BaseURL: value("")}, nil, "base_url: Invalid base_url: base_url is empty."},
		"a merchant id that is empty":                     {providerModel{MerchantID: value("")}, nil, "merchant_id: Invalid merchant_id: merchant_id must not be empty."},
		"a merchant id with a line break":                 {providerModel{}, map[string]string{"JUSPAY_MERCHANT_ID": "a\nb"}, "merchant_id: Invalid merchant_id: JUSPAY_MERCHANT_ID must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header."},
		"a timeout that is a word":                        {providerModel{RequestTimeout: value("soon")}, nil, `request_timeout: Invalid request_timeout: request_timeout is "soon".` + duration},
		"half a retry":                                    {providerModel{MaxRetries: number(1.5)}, nil, "max_retries: Invalid max_retries: max_retries is 1.5." + count},
		"endless retries":                                 {providerModel{MaxRetries: number(1e300)}, nil, "max_retries: Invalid max_retries: max_retries is 1e+300." + count},
		"no requests in a second":                         {providerModel{RequestsPerSecond: number(0)}, nil, "requests_per_second: Invalid requests_per_second: requests_per_second is 0." + above},
		"no requests in flight":                           {providerModel{MaxConcurrentRequests: number(0)}, nil, "max_concurrent_requests: Invalid max_concurrent_requests: max_concurrent_requests is 0." + inFlight},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := test.model.clientConfig(environ(test.env))
			checkProblems(t, diags, test.want)
		})
	}
}

func TestMissingKey(t *testing.T) {
	t.Parallel()
	const (
		unset = "-: Missing api_key: The environment variable JUSPAY_API_KEY is not set or is empty. Set it to an API key of the environment that you read from. Keys are created in the Juspay dashboard (Settings > Security)."
		empty = "-: Missing api_key: api_key is empty. Set it to an API key, or remove it and set the environment variable JUSPAY_API_KEY. Keys are created in the Juspay dashboard (Settings > Security)."
	)
	for name, test := range map[string]struct {
		key  types.String
		env  string
		want []string
	}{
		"in the configuration":         {types.StringValue("fake"), "", nil},
		"in the environment":           {types.StringNull(), "fake", nil},
		"unknown":                      {types.StringUnknown(), "", nil},
		"nowhere":                      {types.StringNull(), "", []string{unset}},
		"only whitespace":              {types.StringNull(), " \n", []string{unset}},
		"empty beside the environment": {types.StringValue(" "), "fake", []string{empty}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := providerModel{APIKey: test.key}
			env := environ(map[string]string{"JUSPAY_API_KEY": test.env})
			checkProblems(t, model.missingKey(env), test.want...)
			_, diags := model.clientConfig(env)
			checkProblems(t, diags)
		})
	}
}

func TestUnknown_Settings(t *testing.T) {
	t.Parallel()
	checkProblems(t, providerModel{}.unknown())
	everything := providerModel{
		APIKey:         types.StringUnknown(),
		Environment:    types.StringUnknown(),
		BaseURL:        types.StringUnknown(),
		MerchantID:     types.StringUnknown(),
		RequestTimeout: types.StringUnknown(),
		MaxRetries:     types.NumberUnknown(),

		RequestsPerSecond:     types.NumberUnknown(),
		MaxConcurrentRequests: types.NumberUnknown(),

		CACertPEM:      types.StringUnknown(),
		ClientCertPEM:  types.StringUnknown(),
		ClientKeyPEM:   types.StringUnknown(),
		RequestHeaders: headersOf(map[string]attr.Value{"X-A": types.StringUnknown()}),
	}
	unknown := func(setting, instead string) string {
		return "-: Unknown " + setting + ": This account is read during plan, but the provider's " + setting + " is known only after apply.\n\n" +
			"Either " + instead + ", or first apply the resource that its value comes from: terraform apply -target=ADDRESS."
	}
	checkProblems(t, everything.unknown(),
		unknown("api_key", "remove it from the provider block and set the environment variable JUSPAY_API_KEY"),
		unknown("environment", "remove it from the provider block and set the environment variable JUSPAY_ENV"),
		unknown("base_url", "remove it from the provider block and set the environment variable JUSPAY_BASE_URL"),
		unknown("merchant_id", "remove it from the provider block and set the environment variable JUSPAY_MERCHANT_ID"),
		unknown("request_timeout", "set it to a literal"),
		unknown("max_retries", "set it to a literal"),
		unknown("requests_per_second", "set it to a literal"),
		unknown("max_concurrent_requests", "set it to a literal"),
		unknown("ca_cert_pem", "remove it from the provider block and set the environment variable JUSPAY_CA_CERT_PEM"),
		unknown("client_cert_pem", "remove it from the provider block and set the environment variable JUSPAY_CLIENT_CERT_PEM"),
		unknown("client_key_pem", "remove it from the provider block and set the environment variable JUSPAY_CLIENT_KEY_PEM"),
		unknown("request_headers", "set it to a literal"),
	)
	_, diags := everything.clientConfig(environ(nil))
	checkProblems(t, diags)
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ terraform, addition, want string }{
		"with Terraform's version":    {"1.11.4", "", "terraform-provider-juspay/1.2.3 Terraform/1.11.4"},
		"without Terraform's version": {"", "", "terraform-provider-juspay/1.2.3"},
		"with an addition":            {"1.11.4", " ci/7 (nightly) ", "terraform-provider-juspay/1.2.3 Terraform/1.11.4 ci/7 (nightly)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := userAgent("1.2.3", test.terraform, environ(map[string]string{"TF_APPEND_USER_AGENT": test.addition}))
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
