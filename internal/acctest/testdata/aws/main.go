// SPDX-License-Identifier: MPL-2.0

// Aws is a placeholder for the AWS provider. Where an example hands a VPA to one of
// its resources, it has the arguments of aws_ssm_parameter that the example sets, and
// writes the value into the file that AWS_STAND_IN names instead of to AWS. Where an
// example takes the API key from one of its ephemeral resources, it has the
// attributes of aws_secretsmanager_secret_version that the example uses, and returns
// the key that AWS_STAND_IN contains.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

func main() {
	standIn := func() provider.Provider { return aws{} }
	if err := providerserver.Serve(context.Background(), standIn, providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/aws"}); err != nil {
		log.Fatal(err)
	}
}

var _ provider.ProviderWithEphemeralResources = aws{}

type aws struct{}

func (aws) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "aws"
}

func (aws) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (aws) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (aws) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (aws) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return parameter{} }}
}

func (aws) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return secret{} }}
}

type secret struct{}

func (secret) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "aws_secretsmanager_secret_version"
}

func (secret) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"secret_id":     ephemeralschema.StringAttribute{Required: true},
		"secret_string": ephemeralschema.StringAttribute{Computed: true, Sensitive: true},
	}}
}

func (secret) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	resp.Result.Raw = req.Config.Raw
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, path.Root("secret_string"), os.Getenv("AWS_STAND_IN"))...)
}

type parameter struct{}

func (parameter) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "aws_ssm_parameter"
}

func (parameter) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name":             schema.StringAttribute{Required: true},
		"type":             schema.StringAttribute{Required: true},
		"value_wo":         schema.StringAttribute{Optional: true, Sensitive: true, WriteOnly: true},
		"value_wo_version": schema.Int64Attribute{Optional: true},
	}}
}

func (parameter) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var value string
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("value_wo"), &value)...)
	if err := os.WriteFile(os.Getenv("AWS_STAND_IN"), []byte(value), 0o600); err != nil {
		resp.Diagnostics.AddError("The value was not written", err.Error())
	}
	resp.State.Raw = req.Plan.Raw
}

func (parameter) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (parameter) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (parameter) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
