// Command sbom writes what a built Go program consists of as CycloneDX 1.6, read
// from the program itself: sbom PROGRAM. It asks nobody and has no moment in it,
// so that equal programs have equal lists.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strings"
)

func main() {
	if err := write(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// The parts of a CycloneDX document that are used here.
type (
	document struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		Scope      string     `json:"scope,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Purl       string     `json:"purl,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn,omitempty"`
	}
)

// write writes the list of the program that args name.
func write(to io.Writer, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: sbom PROGRAM")
	}
	program, err := os.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("reading the program: %w", err)
	}
	info, err := buildinfo.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("reading what it was built from: %w", err)
	}
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list(info, sha256.Sum256(program)))
}

// list makes the document of a program with a digest.
func list(info *debug.BuildInfo, digest [sha256.Size]byte) document {
	own := component{Type: "application", Ref: info.Path, Name: path.Base(info.Path), Version: info.Main.Version,
		Hashes: []hash{{"SHA-256", hex.EncodeToString(digest[:])}}, Properties: settings(info)}
	parts := []component{{Type: "library", Ref: purl("std", info.GoVersion), Name: "std", Version: info.GoVersion, Scope: "required", Purl: purl("std", info.GoVersion)}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		p := component{Type: "library", Ref: purl(m.Path, m.Version), Name: m.Path, Version: m.Version, Scope: "required", Purl: purl(m.Path, m.Version)}
		if m.Sum != "" {
			p.Properties = []property{{"go:sum", m.Sum}}
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	whole := dependency{Ref: own.Ref}
	var alone []dependency
	for _, p := range parts {
		whole.On = append(whole.On, p.Ref)
		alone = append(alone, dependency{Ref: p.Ref})
	}
	return document{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Serial: serial(digest), Version: 1,
		Metadata: metadata{own}, Components: parts, Dependencies: append([]dependency{whole}, alone...)}
}

// settings are how the program was built, as far as it says so.
func settings(info *debug.BuildInfo) []property {
	var out []property
	for _, s := range info.Settings {
		if !strings.HasPrefix(s.Key, "vcs") { // another folder is not another program
			out = append(out, property{"go:build:" + s.Key, s.Value})
		}
	}
	return out
}

// purl is the address of a module as all tools write it.
func purl(module, version string) string {
	return "pkg:golang/" + strings.ReplaceAll(module, "@", "%40") + "@" + strings.ReplaceAll(version, "+", "%2B")
}

// serial is a number for the document that follows from the program: a UUID of
// version 8, whose bits the program's digest gives.
func serial(digest [sha256.Size]byte) string {
	b := digest[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
