// SPDX-License-Identifier: MPL-2.0

// Vault is a placeholder for the Vault provider where an example takes the API key
// from one of its ephemeral resources: it has the attributes of vault_kv_secret_v2
// that the example uses, and returns the key that VAULT_STAND_IN contains.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	standIn := func() provider.Provider { return vault{} }
	if err := providerserver.Serve(context.Background(), standIn, providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/vault"}); err != nil {
		log.Fatal(err)
	}
}

var _ provider.ProviderWithEphemeralResources = vault{}

type vault struct{}

func (vault) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vault"
}

func (vault) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (vault) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (vault) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (vault) Resources(context.Context) []func() resource.Resource { return nil }

func (vault) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return secret{} }}
}

type secret struct{}

func (secret) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "vault_kv_secret_v2"
}

func (secret) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"mount": schema.StringAttribute{Required: true},
		"name":  schema.StringAttribute{Required: true},
		"data":  schema.MapAttribute{ElementType: types.StringType, Computed: true, Sensitive: true},
	}}
}

func (secret) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	resp.Result.Raw = req.Config.Raw
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, path.Root("data"), map[string]string{"api_key": os.Getenv("VAULT_STAND_IN")})...)
}
