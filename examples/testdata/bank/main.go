// SPDX-License-Identifier: MPL-2.0

// Bank stands in for a provider with an action that pays: bank_pay does nothing.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
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

func (bank) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (bank) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (bank) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (bank) Resources(context.Context) []func() resource.Resource { return nil }

func (bank) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return pay{} }}
}

type pay struct{}

func (pay) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "bank_pay"
}

func (pay) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{}
}

func (pay) Invoke(context.Context, action.InvokeRequest, *action.InvokeResponse) {}
