// SPDX-License-Identifier: MPL-2.0

// Bank stands in for a provider that pays, in each of the ways in which one can: a
// resource, a data source and an ephemeral resource bank_transfer, and an action
// bank_pay. It also offers an ephemeral account of its own, which is always ACTIVE.
// None of them does anything.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

func main() {
	standIn := func() provider.Provider { return bank{} }
	if err := providerserver.Serve(context.Background(), standIn, providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/bank"}); err != nil {
		log.Fatal(err)
	}
}

type bank struct{}

func (bank) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "bank"
}

func (bank) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema.Attributes = map[string]providerschema.Attribute{"token": providerschema.StringAttribute{Optional: true}}
}

func (bank) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (bank) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return transferData{} }}
}

func (bank) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return transfer{} }}
}

func (bank) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		func() ephemeral.EphemeralResource { return transferEphemeral{} },
		func() ephemeral.EphemeralResource { return account{} },
	}
}

func (bank) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return pay{} }}
}

const transferName = "bank_transfer"

// transfer is a resource with a payee that a plan shows, and one that it does not.
type transfer struct{}

func (transfer) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = transferName
}

func (transfer) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{
		"payee":    schema.StringAttribute{Optional: true},
		"payee_wo": schema.StringAttribute{Optional: true, WriteOnly: true},
	}
}

func (transfer) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (transfer) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (transfer) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (transfer) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

type transferData struct{}

func (transferData) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = transferName
}

func (transferData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema.Attributes = map[string]dataschema.Attribute{"payee": dataschema.StringAttribute{Optional: true}}
}

func (transferData) Read(_ context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.State.Raw = req.Config.Raw
}

type transferEphemeral struct{}

func (transferEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = transferName
}

func (transferEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema.Attributes = map[string]ephemeralschema.Attribute{"payee": ephemeralschema.StringAttribute{Optional: true}}
}

func (transferEphemeral) Open(_ context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	resp.Result.Raw = req.Config.Raw
}

// account has the name of the provider juspay's ephemeral account.
type account struct{}

func (account) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "juspay_customer_account"
}

func (account) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema.Attributes = map[string]ephemeralschema.Attribute{"validation_status": ephemeralschema.StringAttribute{Optional: true}}
}

func (account) Open(_ context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	resp.Result.Raw = req.Config.Raw
}

type pay struct{}

func (pay) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "bank_pay"
}

func (pay) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = actionschema.Schema{}
}

func (pay) Invoke(context.Context, action.InvokeRequest, *action.InvokeResponse) {}
