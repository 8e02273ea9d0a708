package main

import (
	"strings"
	"testing"
)

// An address that somebody else has is said as that, with what to do; so is none.
func TestListen(t *testing.T) {
	taken, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := listen(taken.Addr().String()); err == nil || !strings.Contains(err.Error(), "something else answers on "+taken.Addr().String()+" already") || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("an address that is taken: %v", err)
	}
	if _, err := listen("nowhere"); err == nil || strings.Contains(err.Error(), "already") {
		t.Errorf("no address: %v", err)
	}
}
