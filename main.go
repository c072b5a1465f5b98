// SPDX-License-Identifier: MPL-2.0

// Terraform-provider-juspay reads Juspay customer accounts, so that Terraform
// configurations and policies can assert on them.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	rtdebug "runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// version is set by the linker in releases.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger: print the TF_REATTACH_PROVIDERS to run Terraform with, and serve until stopped")
	flag.Parse()

	// The provider logs with tflog. Package net/http logs with package log, and can quote a
	// server's response, which Terraform would write into its log.
	log.SetOutput(io.Discard)
	if os.Getenv("GOGC") == "" {
		// The garbage collector runs when garbage reaches half of the live heap, the ballast included.
		// The ballast takes no memory, because nothing writes to it. With Go's default, the garbage of
		// single reads is collected after every few megabytes, which takes a fifth of the provider's time.
		ballast := make([]byte, 32<<20)
		defer runtime.KeepAlive(ballast)
		rtdebug.SetGCPercent(50)
	}
	if !*debug {
		disableProviderLogs(os.LookupEnv, os.Setenv)
	}

	// Ctrl-C reaches this process too, as one of Terraform's process group. It cancels the reads,
	// which loses nothing. The server goes on until Terraform stops it.
	interrupt, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(interrupt, provider.New(version)()), options...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// disableProviderLogs turns off logs that Terraform would not show. Terraform reads
// each line that a provider logs, and shows none unless TF_LOG or TF_LOG_PROVIDER
// is set; for thousands of reads, the lines would take more time than the reads.
func disableProviderLogs(lookup func(string) (string, bool), set func(name, value string) error) {
	for _, name := range []string{"TF_LOG", "TF_LOG_PROVIDER"} {
		if level, _ := lookup(name); level != "" {
			return
		}
	}
	// The loggers of the framework, and of the provider's own code.
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_JUSPAY"} {
		if _, ok := lookup(name); !ok {
			_ = set(name, "ERROR")
		}
	}
}
