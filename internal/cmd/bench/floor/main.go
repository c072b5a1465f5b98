// SPDX-License-Identifier: MPL-2.0

// Floor is a provider that speaks Terraform's protocol without a framework. Its
// schemas are the real ones. It reads nothing and returns the same account for
// every id; with FLOOR_GET set, it sends the GET of a single read on a pooled
// connection. What a plan takes with it is Terraform's own time, or Terraform's
// and the network's.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"net/http"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

func main() {
	// As the provider does where nothing is to be logged.
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_JUSPAY"} {
		if err := os.Setenv(name, "ERROR"); err != nil {
			log.Fatal(err)
		}
	}
	f, err := newFloor(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	if err := tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer { return f }); err != nil {
		log.Fatal(err)
	}
}

// floor takes the place of the provider in what concerns data sources.
type floor struct {
	tfprotov6.ProviderServer
	types    map[string]tftypes.Type  // the types of the data sources
	computed map[string]tftypes.Value // the computed attributes of every account
	client   *http.Client             // the client of the requests, nil where nothing is requested
}

func newFloor(ctx context.Context) (*floor, error) {
	f := &floor{ProviderServer: providerserver.NewProtocol6(provider.New("floor")())(), types: map[string]tftypes.Type{}, computed: map[string]tftypes.Value{}}
	schemas, err := f.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	for name, schema := range schemas.DataSourceSchemas {
		f.types[name] = schema.ValueType()
	}
	for _, attribute := range schemas.DataSourceSchemas["juspay_customer_account"].Block.Attributes {
		if !attribute.Computed {
			continue
		}
		switch {
		case attribute.Name == "validation_status":
			f.computed[attribute.Name] = tftypes.NewValue(tftypes.String, "ACTIVE")
		case attribute.Type.Is(tftypes.Number):
			f.computed[attribute.Name] = tftypes.NewValue(tftypes.Number, 1)
		default:
			f.computed[attribute.Name] = tftypes.NewValue(tftypes.String, "2023-06-06T13:29:49Z") // as long as most values
		}
	}
	if os.Getenv("FLOOR_GET") != "" {
		f.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	}
	return f, nil
}

func (f *floor) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (f *floor) ValidateDataResourceConfig(
	context.Context, *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

func (f *floor) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	kind := f.types[req.TypeName]
	arguments, err := req.Config.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	var values map[string]tftypes.Value
	if err := arguments.As(&values); err != nil {
		return nil, err
	}
	if _, isMany := values["accounts"]; isMany {
		err = f.fillAll(values)
	} else {
		err = f.fillOne(ctx, values)
	}
	if err != nil {
		return nil, err
	}
	state, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	return &tfprotov6.ReadDataSourceResponse{State: &state}, err
}

// fillOne sets the computed attributes of one account, whose status it requests if it has a client.
func (f *floor) fillOne(ctx context.Context, values map[string]tftypes.Value) error {
	maps.Copy(values, f.computed)
	if f.client == nil {
		return nil
	}
	var customer, id string
	if err := errors.Join(values["customer_id"].As(&customer), values["customer_account_id"].As(&id)); err != nil {
		return err
	}
	var account map[string]any
	if err := f.get(ctx, "/customers/"+customer+"/customer-accounts/"+id, &account); err != nil {
		return err
	}
	values["validation_status"] = tftypes.NewValue(tftypes.String, account["validation_status"])
	return nil
}

func (f *floor) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("JUSPAY_BASE_URL")+path, nil) //nolint:gosec // the benchmark sets it
	if err != nil {
		return err
	}
	req.SetBasicAuth(os.Getenv("JUSPAY_API_KEY"), "")
	req.Header.Set("X-Routing-Id", "cst_bench")
	resp, err := f.client.Do(req) //nolint:gosec // the benchmark's own server
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// fillAll sets accounts to an account for each key of customer_ids, and the other computed attributes.
func (f *floor) fillAll(values map[string]tftypes.Value) error {
	var customerIDs map[string]tftypes.Value
	if err := values["customer_ids"].As(&customerIDs); err != nil {
		return err
	}
	accounts, vpas := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	ofAccounts := values["accounts"].Type()
	ofAccount := ofAccounts.(tftypes.Map).ElementType //nolint:forcetypeassert // it is a map in the schema
	for id, customerID := range customerIDs {
		account := map[string]tftypes.Value{"customer_account_id": tftypes.NewValue(tftypes.String, id), "customer_id": customerID}
		for name, value := range f.computed {
			if name != "vpa" {
				account[name] = value
			}
		}
		accounts[id], vpas[id] = tftypes.NewValue(ofAccount, account), f.computed["vpa"]
	}
	values["accounts"] = tftypes.NewValue(ofAccounts, accounts)
	values["vpas"] = tftypes.NewValue(values["vpas"].Type(), vpas)
	values["not_active"] = tftypes.NewValue(values["not_active"].Type(), map[string]tftypes.Value{})
	values["all_active"] = tftypes.NewValue(tftypes.Bool, true)
	return nil
}
