// SPDX-License-Identifier: MPL-2.0

package check

import (
	"errors"
	"fmt"
	"testing"
)

func TestMust_PanicsWithTheError(t *testing.T) {
	t.Parallel()
	defer func() { Equal(t, "the panic", fmt.Sprint(recover()), "x") }()
	t.Errorf("got %d, want a panic", Must(1, errors.New("x")))
}

func TestMustJSON(t *testing.T) {
	t.Parallel()
	Equal(t, "the JSON", MustJSON(map[string]any{"b": nil, "a": 1}), `{"a":1,"b":null}`)
}
