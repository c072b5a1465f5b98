// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func providerSchema() schema.Schema {
	whole := schema.Schema{
		MarkdownDescription: "Reads the customer accounts (UPI addresses and bank accounts) that Juspay stores for customers. Configurations and policies can then assert that an account is `ACTIVE` before money moves. " +
			"The provider is read-only: it has no resources, and the only HTTP method that it sends is GET.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key from the Juspay dashboard (Settings > Security). A key belongs to one environment. Whitespace around it is ignored. Required. " +
					"Environment variable: `" + envKey + "`. Prefer it, or an ephemeral value: Terraform stores a literal key, or one from an ordinary variable, in saved plan files.",
				Optional:  true,
				Sensitive: true,
			},
			"environment": schema.StringAttribute{
				MarkdownDescription: "Environment of Juspay to read from: " + describeEnvironments() + ". It conflicts with `base_url`. Environment variable: `" + envEnvironment + "`. Default: `" + juspay.Sandbox.Name + "`.",
				Optional:            true,
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "URL of a server with Juspay's API, such as a bank's white-label host. It conflicts with `environment`. " +
					"It must begin with `https://`; `http://` is accepted for a server on the same machine only. A path is kept as a prefix. Environment variable: `" + envBaseURL + "`. Default: the URL of `environment`.",
				Optional: true,
			},
			"merchant_id": schema.StringAttribute{
				MarkdownDescription: "Merchant id, sent as the header `x-merchantid`. Set it only if Juspay or your bank requires it: reading an account does not. " +
					"Environment variable: `" + envMerchantID + "`. Default: the header is not sent.",
				Optional: true,
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "Timeout of one attempt, from connecting to the last byte, as a Go duration such as `10s` or `1m30s`. An attempt that times out is retried up to `max_retries` times. Default: `30s`.",
				Optional:            true,
			},
			"max_retries": schema.NumberAttribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of retries per read, from 0 to %d. `0` turns retries off. "+
					"Broken connections, timeouts and the HTTP statuses 429, 500, 502, 503 and 504 are retried, with exponential backoff. Default: `%d`.", maxRetries, juspay.DefaultMaxRetries),
				Optional: true,
			},
			"requests_per_second": schema.NumberAttribute{
				MarkdownDescription: "Maximum number of requests per second, retries included, such as `50` or `0.5`. It holds for all reads of this provider block together. Set it to the rate limit in your contract with Juspay. " +
					"Without it, the provider slows down only when Juspay throttles requests (HTTP status 429). Default: no limit.",
				Optional: true,
			},
			"max_concurrent_requests": schema.NumberAttribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of requests in flight, and of connections, from 1 to %d. It holds for all reads of this provider block together. "+
					"Terraform itself reads 10 data sources concurrently, unless `-parallelism` changes that. Default: `%d`.", maxConcurrentRequests, juspay.DefaultMaxConcurrentRequests),
				Optional: true,
			},
		},
	}
	maps.Copy(whole.Attributes, gatewayAttributes())
	return whole
}

func describeEnvironments() string {
	var described []string
	for _, e := range juspay.Environments() {
		described = append(described, "`"+e.Name+"` ("+e.BaseURL+")")
	}
	return strings.Join(described, " or ")
}

func environmentNames() string {
	var names []string
	for _, e := range juspay.Environments() {
		names = append(names, strconv.Quote(e.Name))
	}
	return strings.Join(names, " or ")
}
