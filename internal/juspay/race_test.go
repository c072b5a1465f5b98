// SPDX-License-Identifier: MPL-2.0

//go:build race

package juspay

// raceEnabled is whether the race detector runs. It makes simulations ten times slower.
const raceEnabled = true
