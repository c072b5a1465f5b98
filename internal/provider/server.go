// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns the factory of a server of the plugin protocol for p.
func NewServer(p provider.Provider) func() tfprotov6.ProviderServer {
	server := providerserver.NewProtocol6(p)
	return func() tfprotov6.ProviderServer { return nullArguments{server()} }
}

// nullArguments decodes what OpenTofu (up to 1.12) sends for a null argument of a
// function, a value without data, which the framework does not decode. Terraform
// sends an encoded null.
type nullArguments struct{ tfprotov6.ProviderServer }

// CallFunction implements tfprotov6.FunctionServer.
func (s nullArguments) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if len(argument.MsgPack) == 0 && len(argument.JSON) == 0 {
			req.Arguments[i] = &tfprotov6.DynamicValue{MsgPack: []byte{0xc0}} // MessagePack's nil
		}
	}
	return s.ProviderServer.CallFunction(ctx, req)
}
