// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns the factory of a server of the plugin protocol for p. The end of
// interrupt cancels all reads.
func NewServer(interrupt context.Context, p provider.Provider) func() tfprotov6.ProviderServer {
	server := providerserver.NewProtocol6(p)
	return func() tfprotov6.ProviderServer {
		return interruptServer{nullArgumentServer{server()}, interrupt}
	}
}

// interruptServer cancels reads when the user interrupts the run. While `terraform
// apply` plans, Terraform does not cancel them itself.
type interruptServer struct {
	tfprotov6.ProviderServer

	interrupt context.Context
}

// withInterrupt returns a context that ends with ctx or with s.interrupt.
func (s interruptServer) withInterrupt(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.interrupt, cancel)
	return ctx, func() { stop(); cancel() }
}

// ReadDataSource implements tfprotov6.DataSourceServer.
func (s interruptServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	ctx, cancel := s.withInterrupt(ctx)
	defer cancel()
	return s.ProviderServer.ReadDataSource(ctx, req)
}

// OpenEphemeralResource implements tfprotov6.EphemeralResourceServer.
func (s interruptServer) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	ctx, cancel := s.withInterrupt(ctx)
	defer cancel()
	return s.ProviderServer.OpenEphemeralResource(ctx, req)
}

// nullArgumentServer replaces a null argument of a function by an encoded null, as Terraform sends it.
// OpenTofu up to 1.12 sends a value without data, which the framework does not decode.
type nullArgumentServer struct{ tfprotov6.ProviderServer }

// CallFunction implements tfprotov6.FunctionServer.
func (s nullArgumentServer) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if len(argument.MsgPack) == 0 && len(argument.JSON) == 0 {
			req.Arguments[i] = &tfprotov6.DynamicValue{MsgPack: []byte{0xc0}} // MessagePack's nil
		}
	}
	return s.ProviderServer.CallFunction(ctx, req)
}
