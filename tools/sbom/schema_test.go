package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The list of a built program is CycloneDX 1.6 as its schema says, and another's
// reader finds the parts in it; a list with a wrong part is none.
func TestListKeepsToItsSchema(t *testing.T) {
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	schemas := filepath.Join(strings.TrimSpace(string(dir)), "schema")
	c := jsonschema.NewCompiler()
	for name, file := range map[string]string{"spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json", "bom-1.6.schema.json": "bom-1.6.schema.json"} {
		text, err := os.Open(filepath.Join(schemas, file))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(text)
		if err := text.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("http://cyclonedx.org/schema/"+name, v); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, []string{own}); err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
	if err := valid(out.String()); err != nil {
		t.Errorf("the list: %v", err)
	}
	if valid(strings.Replace(out.String(), `"library"`, `"lantern"`, 1)) == nil || valid(strings.Replace(out.String(), `"SHA-256"`, `"SHA-9"`, 1)) == nil {
		t.Error("a wrong list is taken")
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(strings.NewReader(out.String()), cdx.BOMFileFormatJSON).Decode(&bom); err != nil || len(*bom.Components) == 0 {
		t.Errorf("another's reader: %v", err)
	}
}
