// SPDX-License-Identifier: MPL-2.0

// Floor is the provider with data sources that do nothing: their schemas are the
// real ones, and a read asks no server and answers at once with the same account.
// What a plan takes with it, Terraform and its framework take.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	juspay "github.com/juspay/terraform-provider-juspay/internal/provider"
)

func main() {
	// As the provider does, where nobody asked for logs.
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_JUSPAY"} {
		if err := os.Setenv(name, "ERROR"); err != nil {
			log.Fatal(err)
		}
	}
	floor := func() provider.Provider { return &floorProvider{juspay.New("floor")()} }
	if err := providerserver.Serve(context.Background(), floor, providerserver.ServeOpts{Address: juspay.Address}); err != nil {
		log.Fatal(err)
	}
}

type floorProvider struct{ provider.Provider }

func (p *floorProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *floorProvider) DataSources(ctx context.Context) []func() datasource.DataSource {
	var sources []func() datasource.DataSource
	for _, create := range p.Provider.DataSources(ctx) {
		sources = append(sources, func() datasource.DataSource { return floorDataSource{create()} })
	}
	return sources
}

// floorDataSource has the name and the schema of another.
type floorDataSource struct{ datasource.DataSource }

func (floorDataSource) Read(_ context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state, err := answered(req.Config.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The floor does not know the configuration", err.Error())
	}
	resp.State.Raw = state
}

func answered(config tftypes.Value) (tftypes.Value, error) {
	var values map[string]tftypes.Value
	if err := config.As(&values); err != nil {
		return config, err
	}
	if _, many := values["accounts"]; many {
		if err := fillAll(values); err != nil {
			return config, err
		}
	} else {
		fill(values)
	}
	return tftypes.NewValue(config.Type(), values), nil
}

// fillAll fills each account of a map.
func fillAll(values map[string]tftypes.Value) error {
	var accounts map[string]tftypes.Value
	if err := values["accounts"].As(&accounts); err != nil {
		return err
	}
	statuses, vpas := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	for key, account := range accounts {
		var own map[string]tftypes.Value
		if err := account.As(&own); err != nil {
			return err
		}
		fill(own)
		accounts[key] = tftypes.NewValue(account.Type(), own)
		statuses[key], vpas[key] = answer["validation_status"], answer["vpa"]
	}
	values["accounts"] = tftypes.NewValue(values["accounts"].Type(), accounts)
	values["validation_statuses"] = tftypes.NewValue(values["validation_statuses"].Type(), statuses)
	values["vpas"] = tftypes.NewValue(values["vpas"].Type(), vpas)
	return nil
}

var answer = map[string]tftypes.Value{
	"routing_id":        tftypes.NewValue(tftypes.String, "cst_bench"),
	"vpa":               tftypes.NewValue(tftypes.String, "someone@bank"),
	"validation_status": tftypes.NewValue(tftypes.String, "ACTIVE"),
	"validation_amount": tftypes.NewValue(tftypes.Number, 1),
	"currency":          tftypes.NewValue(tftypes.String, "INR"),
	"date_created":      tftypes.NewValue(tftypes.String, "2023-06-06T13:29:49Z"),
	"last_validated":    tftypes.NewValue(tftypes.String, "2023-06-06T13:29:53Z"),
}

func fill(account map[string]tftypes.Value) {
	for name, value := range answer {
		if _, ok := account[name]; ok {
			account[name] = value
		}
	}
}
