// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestMock_ServesTestAccounts(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	csv := filepath.Join(t.TempDir(), "vendors.csv")
	go func() { ended <- run(ctx, []string{"-address", "127.0.0.1:0", "-accounts", "3", "-csv", csv}, write) }()

	url, file := "", ""
	lines := bufio.NewScanner(read)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Press") {
		if _, after, found := strings.Cut(lines.Text(), "JUSPAY_BASE_URL="); found {
			url = after
		}
		if strings.HasPrefix(lines.Text(), "The file ") {
			file = lines.Text()
		}
	}
	for _, account := range append(juspaytest.Samples(), juspaytest.NumberedAccounts(3)...) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/customers/%v/customer-accounts/%v", url, account["customer_id"],
			account["customer_account_id"]), nil)
		check.MustNoError(t, "http.NewRequestWithContext", err)
		req.SetBasicAuth(juspaytest.APIKey, "")
		req.Header.Set("X-Routing-Id", "x")
		resp, err := http.DefaultClient.Do(req)
		check.MustNoError(t, "DefaultClient.Do", err)
		_ = resp.Body.Close()
		check.Equal(t, fmt.Sprintf("the status of %v", account["customer_account_id"]), resp.StatusCode, http.StatusOK)
	}
	stop()
	check.Equal(t, "the line that names the file", file, "The file "+csv+" lists those 3 accounts.")
	want := "name,customer_id,customer_account_id\nvendor_00001,cst_vendor_00001,banh_vendor_00001\n" +
		"vendor_00002,cst_vendor_00002,banh_vendor_00002\nvendor_00003,cst_vendor_00003,banh_vendor_00003\n"
	content, err := os.ReadFile(csv)
	check.MustNoError(t, "os.ReadFile", err)
	check.Equal(t, "the file", string(content), want)
	check.NoError(t, "the mock", <-ended)
}

func TestMock_ReplacesNoFile(t *testing.T) {
	t.Parallel()
	const (
		header   = "name,customer_id,customer_account_id\n"
		rejected = " exists already, with other content: move it away, or set CSV to another file"
	)
	for name, row := range map[string]struct{ existing, want string }{
		"a list of the user's own is kept":             {header, rejected},
		"the list of an earlier run is used again":     {header + "vendor_00001,cst_vendor_00001,banh_vendor_00001\n", ""},
		"an empty file is kept, as one of the user is": {"", rejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "vendors.csv")
			check.MustNoError(t, "os.WriteFile", os.WriteFile(file, []byte(row.existing), 0o600))
			ctx, stop := context.WithCancel(t.Context())
			stop() // a mock that starts ends immediately
			err := run(ctx, []string{"-address", "127.0.0.1:0", "-accounts", "1", "-csv", file}, io.Discard)
			check.Equal(t, "the error after the name of the file", strings.TrimPrefix(check.TextOf(err), file), row.want)
			content, err := os.ReadFile(file)
			check.MustNoError(t, "os.ReadFile", err)
			check.Equal(t, "the file", string(content), row.existing)
		})
	}
}

func TestIsInUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"an address in use on Unix":    {syscall.EADDRINUSE, true},
		"an address in use on Windows": {wsaEADDRINUSE, true},
		"a port that is not allowed":   {syscall.EACCES, false},
		"no error":                     {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", test.err)}
			check.Equal(t, "whether the address is in use", isInUse(err), test.want)
		})
	}
}

func TestMock_Address(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	used := strings.TrimPrefix(server.URL, "http://")
	const loopback = "-address must be a loopback address, such as 127.0.0.1:8787"
	for address, want := range map[string]string{
		used: "something listens at " + used + " already, perhaps another mock: stop that, " +
			"or choose another port: make mock ADDRESS=127.0.0.1:8788",
		"0.0.0.0:0":    loopback,
		":0":           loopback,
		"192.0.2.1:80": loopback,
		"127.0.0.1":    "address 127.0.0.1: missing port in address",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			check.ErrorText(t, "the mock", run(t.Context(), []string{"-address", address}, io.Discard), want)
		})
	}
}
