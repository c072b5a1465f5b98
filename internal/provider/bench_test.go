// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// BenchmarkRead measures the provider's time for one read as Terraform requests it,
// without network: the framework's part, and the provider's own.
func BenchmarkRead(b *testing.B) { benchmarkRead(b, newBenchPlugin(b)) }

// BenchmarkReadFloor is BenchmarkRead of a data source that does nothing: the
// framework's part. What is above it is the provider's own.
func BenchmarkReadFloor(b *testing.B) {
	benchmarkRead(b, providerserver.NewProtocol6(&floorProvider{})())
}

func benchmarkRead(b *testing.B, plugin tfprotov6.ProviderServer) {
	b.Helper()
	encoded := encode(b, typeAccount, configAccountA)
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, plugin, typeAccount, encoded)
	}
}

// BenchmarkReadOwn is the provider's own part of BenchmarkRead.
func BenchmarkReadOwn(b *testing.B) {
	client := newBenchClient(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := client.Get(withClientLogger(b.Context(), client), vendorRef, juspay.ReadOptions{})
		check.MustNoError(b, "client.Get", err)
	}
}

type floorProvider struct{ juspayProvider }

func (p *floorProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return floorDataSource{newCustomerAccountDataSource()} }}
}

type floorDataSource struct{ datasource.DataSource }

func (floorDataSource) Read(_ context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.State.Raw = req.Config.Raw
}

// BenchmarkReadMany is BenchmarkRead for many accounts, with the check of
// the configuration that goes before it.
func BenchmarkReadMany(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			plugin := newBenchPlugin(b)
			encoded := encode(b, typeAccounts, tfObject{"customer_ids": tfStrings(numberedIDs(n, "cst_a"))})
			b.ReportAllocs()
			for b.Loop() {
				checked, err := plugin.ValidateDataResourceConfig(b.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeAccounts, Config: encoded})
				if err != nil || len(checked.Diagnostics) > 0 {
					b.Fatalf("got %v, %v; want no problem", checked, err)
				}
				benchRead(b, plugin, typeAccounts, encoded)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/account")
		})
	}
}

func benchRead(b *testing.B, s tfprotov6.ProviderServer, name string, encoded *tfprotov6.DynamicValue) {
	b.Helper()
	read, err := s.ReadDataSource(b.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encoded})
	if err != nil || len(read.Diagnostics) > 0 {
		b.Fatalf("got %v, %v; want no problem", read, err)
	}
}

// newBenchPlugin returns a provider whose client receives each response immediately.
func newBenchPlugin(b *testing.B) tfprotov6.ProviderServer {
	b.Helper()
	plugin := providerserver.NewProtocol6(&clientProvider{client: newBenchClient(b)})()
	checkSummaries(b, "configure", configure(b, plugin, false, nil))
	return plugin
}

type clientProvider struct {
	juspayProvider
	client *juspay.Client
}

func (p *clientProvider) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.DataSourceData = accountReader{client: p.client}
}

// newBenchClient receives each response immediately.
func newBenchClient(b *testing.B) *juspay.Client {
	b.Helper()
	return newClient(b, juspay.Config{APIKey: juspaytest.APIKey, BaseURL: "http://127.0.0.1:1", Transport: immediateResponse{}, OnAttempt: logAttempt})
}

// immediateResponse replaces the network.
type immediateResponse struct{}

func (immediateResponse) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := json.Marshal(juspaytest.NewAccount("cst_a", path.Base(req.URL.Path)))
	header := http.Header{"Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: req}, err
}
