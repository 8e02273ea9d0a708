package tools_test

import (
	"os"
	"strings"
	"testing"

	"entgo.io/ent/schema/field"

	"nysreferral/ent/migrate"
)

// The data map says of every column of every table how it lies there and why, of
// no other, and of no column of bytes that it lies in clear.
func TestTreeDataMap(t *testing.T) {
	text, err := os.ReadFile("docs/security/data-map.md")
	if err != nil {
		t.Fatal(err)
	}
	lies, table := map[string]string{}, ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			table = name
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if table == "" || len(cells) != 3 || cells[0] == "Column" || strings.HasPrefix(cells[0], "---") {
			continue
		}
		if strings.TrimSpace(cells[2]) == "" {
			t.Errorf("%s.%s: the map does not say why", table, cells[0])
		}
		lies[table+"."+cells[0]] = cells[1]
	}
	ways := map[string]bool{"clear": true, "sealed": true, "digest": true, "keyed hash": true, "wrapped key": true}
	for _, tab := range migrate.Tables {
		for _, c := range tab.Columns {
			name := tab.Name + "." + c.Name
			if !ways[lies[name]] {
				t.Errorf("%s is not in docs/security/data-map.md, or lies there as %q", name, lies[name])
			}
			if c.Type == field.TypeBytes && lies[name] == "clear" {
				t.Errorf("%s is bytes and lies in clear", name)
			}
			delete(lies, name)
		}
	}
	for name := range lies {
		t.Errorf("%s is in the map and in no table", name)
	}
}
