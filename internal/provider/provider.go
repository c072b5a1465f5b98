// SPDX-License-Identifier: MPL-2.0

// Package provider is the Terraform side: it turns configuration into a
// juspay.Config, a juspay.CustomerAccount into Terraform values, and a
// juspay.APIError into a diagnostic. It does not import net/http.
package provider

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// Address is where registries publish the provider.
const Address = "registry.terraform.io/juspay/juspay"

var (
	_ provider.Provider                       = (*juspayProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*juspayProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*juspayProvider)(nil)
	_ provider.ProviderWithFunctions          = (*juspayProvider)(nil)
)

type juspayProvider struct {
	version string
	getenv  func(string) string

	mu      sync.Mutex
	earlier blockValues // the values of the block that was configured before
}

// New returns the factory of a provider of this version.
func New(version string) func() provider.Provider {
	return newWithEnvironment(version, os.Getenv)
}

// newWithEnvironment lets tests that run concurrently have an environment each.
func newWithEnvironment(version string, getenv func(string) string) func() provider.Provider {
	return func() provider.Provider {
		return &juspayProvider{version: version, getenv: getenv}
	}
}

func (p *juspayProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "juspay"
	resp.Version = p.version
}

func (p *juspayProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// ValidateConfig reports all errors that need no known values. A missing key is an
// error of the first read.
func (p *juspayProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var block types.Object
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	values, diags := newBlockValues(block)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, diags = values.clientConfig(p.getenv)
	resp.Diagnostics.Append(diags...)
}

func (p *juspayProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var block types.Object
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	values, diags := newBlockValues(block)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// These errors end each read of an account, and not Configure: a run without reads needs none of these settings.
	readErrors := values.unknownSettingErrors()
	if readErrors.HasError() && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		return
	}
	config, diags := values.clientConfig(p.getenv)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(expiredCertificateWarning(config, time.Now())...)
	config.UserAgent = userAgent(p.version, req.TerraformVersion, p.getenv)
	config.OnAttempt = logAttempt
	config.OnPoll = logPoll
	config.OnProgress = logProgress
	if err := juspay.ValidateHeaderValue("the user agent", config.UserAgent); err != nil {
		resp.Diagnostics.Append(withHelp(sectionConfiguration, diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+envAppendUserAgent,
			"With the value of the environment variable "+envAppendUserAgent+", "+err.Error()+". Correct the variable, or unset it.")})...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	readErrors.Append(values.missingKeyError(p.getenv)...)
	if readErrors.HasError() {
		resp.DataSourceData = accountReader{readErrors: readErrors}
		resp.EphemeralResourceData = accountReader{readErrors: readErrors}
		return
	}
	client, err := juspay.New(config)
	if err != nil {
		resp.Diagnostics.AddError(summaryUnexpectedData, fmt.Sprintf("The client rejects the provider's configuration: %v.", err)+remedyReportBug)
		return
	}
	p.warnOfEarlierBlock(ctx, values)
	tflog.Debug(withClientLogger(ctx, client), "Configured the Juspay client", map[string]any{"base_url": config.BaseURL})
	resp.DataSourceData = accountReader{client: client}
	resp.EphemeralResourceData = accountReader{client: client}
}

// userAgent names the provider, Terraform and the user's addition.
func userAgent(version, terraformVersion string, getenv func(string) string) string {
	agent := "terraform-provider-juspay/" + version
	if terraformVersion != "" {
		agent += " Terraform/" + terraformVersion
	}
	return strings.TrimSpace(agent + " " + strings.TrimSpace(getenv(envAppendUserAgent)))
}

// warnOfEarlierBlock warns that another provider block was configured in this process. The
// CLI starts a process for each block, unless it connects to one that runs with -debug: there,
// the reads of all blocks use the block that was configured last.
func (p *juspayProvider) warnOfEarlierBlock(ctx context.Context, values blockValues) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.earlier != nil && !maps.EqualFunc(p.earlier, values, attr.Value.Equal) {
		tflog.Warn(ctx, "This process runs with -debug and was configured before, by another provider block. All blocks now read with the settings of the last one.")
	}
	p.earlier = values
}

func (p *juspayProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newCustomerAccountDataSource, newCustomerAccountsDataSource}
}

func (p *juspayProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newCustomerAccountEphemeralResource, newCustomerAccountsEphemeralResource}
}

func (p *juspayProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newValidatedWithinFunction}
}

// Resources is empty, and stays so: the provider only reads.
func (p *juspayProvider) Resources(context.Context) []func() resource.Resource {
	return nil
}
