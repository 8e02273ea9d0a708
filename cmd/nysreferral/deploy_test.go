package main

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/config"
)

// The unit of one server and that of several keep a server equally apart from its
// machine: they differ only in what is run, as whom and on which folders.
func TestUnitsAreEquallyStrict(t *testing.T) {
	one, several := unit(t, "nysreferral.service"), unit(t, "nysreferral@.service")
	if !slices.Equal(one, several) {
		t.Errorf("one server:\n%s\nseveral:\n%s", strings.Join(one, "\n"), strings.Join(several, "\n"))
	}
	for _, line := range []string{"LimitMEMLOCK=infinity", "LimitCORE=0", "ProtectSystem=strict"} {
		if !slices.Contains(one, line) {
			t.Errorf("they lack %s", line)
		}
	}
}

// unit is what a unit sets for the service but what is its own. The account that
// several servers share keeps what one of them leaves.
func unit(t *testing.T, name string) (lines []string) {
	t.Helper()
	own := regexp.MustCompile(`^(#|$|ExecStart=|DynamicUser=|User=|StateDirectory=|LoadCredential=|RemoveIPC=)`)
	text, err := os.ReadFile("../../deploy/" + name)
	if err != nil {
		t.Fatal(err)
	}
	_, service, _ := strings.Cut(string(text), "[Service]\n")
	service, _, _ = strings.Cut(service, "[Install]")
	for line := range strings.Lines(service) {
		if line = strings.TrimSpace(line); !own.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// A server that ends has its longest drain, and its grace for requests and for
// jobs, before systemd kills it.
func TestUnitsWaitForTheEnd(t *testing.T) {
	field, ok := reflect.TypeFor[config.Settings]().FieldByName("Drain")
	_, most, found := strings.Cut(field.Tag.Get("validate"), "max=")
	drain, err := time.ParseDuration(most)
	if !ok || !found || err != nil {
		t.Fatalf("the longest drain: %q %v", most, err)
	}
	for _, name := range []string{"nysreferral.service", "nysreferral@.service"} {
		i := slices.IndexFunc(unit(t, name), func(line string) bool { return strings.HasPrefix(line, "TimeoutStopSec=") })
		if i < 0 {
			t.Fatalf("%s: no TimeoutStopSec", name)
		}
		wait, err := time.ParseDuration(strings.TrimPrefix(unit(t, name)[i], "TimeoutStopSec=") + "s")
		if err != nil || wait < drain+2*grace+10*time.Second {
			t.Errorf("%s: systemd waits %s for a server that may need %s", name, wait, drain+2*grace)
		}
	}
}
