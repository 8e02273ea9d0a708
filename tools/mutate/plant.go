package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
)

// fault is one thing that may go wrong at a place.
type fault struct {
	at   token.Position
	what string
}

// String says where and what.
func (f fault) String() string {
	return fmt.Sprintf("%s:%d:%d %s", filepath.Base(f.at.Filename), f.at.Line, f.at.Column, f.what)
}

// planting is the outcome of plant: the faults by number, and the file by which
// the Go command reads the changed sources instead of those on disk.
type planting struct {
	faults  []fault
	overlay string
	serves  bool // the tests of the package itself can be asked again and again
}

// planter writes the faults of one file.
type planter struct {
	target
	fset   *token.FileSet
	info   *types.Info
	pkg    *types.Package
	src    []byte
	file   *ast.File
	faults []fault
	edits  []edit
	forced map[ast.Expr]bool // planted already, or never
	handed map[ast.Node]bool // only hands on what comes from outside, see outside
}

// edit puts text at an offset, and leaves out cut bytes there. Of several at
// one offset, what ends stands before what begins, and the inner before the
// outer where it ends.
type edit struct {
	at, cut, order int
	text           string
}

// plant writes every source of the package anew with all faults in it.
func plant(root string, t target, work string) (planting, error) {
	conf := &packages.Config{Dir: root, Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedDeps | packages.NeedExportFile}
	loaded, err := packages.Load(conf, "./"+t.pkg)
	if err != nil {
		return planting{}, err
	}
	if len(loaded) != 1 || len(loaded[0].Errors) > 0 {
		return planting{}, fmt.Errorf("the package does not build: %v", loaded[0].Errors)
	}
	p := loaded[0]
	var out planting
	replace := map[string]string{}
	for _, f := range p.Syntax {
		name := p.Fset.Position(f.Pos()).Filename
		if slices.Contains(t.skip, filepath.Base(name)) {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return planting{}, err
		}
		pl := &planter{target: t, fset: p.Fset, info: p.TypesInfo, pkg: p.Types, src: src, file: f, faults: out.faults,
			forced: map[ast.Expr]bool{}, handed: map[ast.Node]bool{}}
		pl.walk()
		out.faults = pl.faults
		to := filepath.Join(work, filepath.Base(name))
		if err := os.WriteFile(to, pl.changed(), 0o600); err != nil {
			return planting{}, err
		}
		replace[name] = to
	}
	folder := filepath.Dir(p.GoFiles[0])
	added := map[string]string{"zz_faults.go": helpers + fmt.Sprintf("\nconst faultCount = %d\n", len(out.faults))}
	main, err := testsMain(folder)
	if err != nil {
		return planting{}, err
	}
	if out.serves = !main; out.serves {
		added["zz_faults_test.go"] = server
	}
	for name, text := range added {
		to := filepath.Join(work, name)
		if err := os.WriteFile(to, []byte("package "+p.Name+"\n"+text), 0o600); err != nil {
			return planting{}, err
		}
		replace[filepath.Join(folder, name)] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return planting{}, err
	}
	out.overlay = filepath.Join(work, "overlay.json")
	return out, os.WriteFile(out.overlay, text, 0o600)
}

// changed is the source with all edits.
func (p *planter) changed() []byte {
	slices.SortStableFunc(p.edits, func(a, b edit) int { return cmp.Or(a.at-b.at, a.order-b.order) })
	var out bytes.Buffer
	at := 0
	for _, e := range p.edits {
		out.Write(p.src[at:e.at])
		out.WriteString(e.text)
		at = e.at + e.cut
	}
	out.Write(p.src[at:])
	return out.Bytes()
}

// fault gives the next number.
func (p *planter) fault(at ast.Node, format string, args ...any) int {
	p.faults = append(p.faults, fault{p.fset.Position(at.Pos()), fmt.Sprintf(format, args...)})
	return len(p.faults)
}

// around puts text before and after a node. Outer nodes are visited first, so a
// later one stands nearer to the source on both sides.
func (p *planter) around(n ast.Node, before, after string) {
	p.edits = append(p.edits, edit{at: p.offset(n.Pos()), order: len(p.edits), text: before},
		edit{at: p.offset(n.End()), order: -1 - len(p.edits), text: after})
}

func (p *planter) offset(at token.Pos) int { return p.fset.Position(at).Offset }

func (p *planter) text(n ast.Node) string {
	return string(p.src[p.offset(n.Pos()):p.offset(n.End())])
}

// typed is the name of an expression's type as this file may write it, and
// whether it can.
func (p *planter) typed(e ast.Expr) (string, bool) {
	t := p.info.TypeOf(e)
	if t == nil {
		return "", false
	}
	if b, basic := t.(*types.Basic); basic && b.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
	}
	can := true
	name := types.TypeString(t, func(other *types.Package) string {
		if other == p.pkg {
			return ""
		}
		can = can && p.imports(other)
		return other.Name()
	})
	return name, can
}

// imports reports whether the file imports a package by its own name.
func (p *planter) imports(other *types.Package) bool {
	for _, i := range p.file.Imports {
		if i.Name == nil && i.Path.Value == `"`+other.Path()+`"` {
			return true
		}
	}
	return false
}

// constant reports whether the compiler knows the value.
func (p *planter) constant(e ast.Expr) bool { return p.info.Types[e].Value != nil }

func (p *planter) is(e ast.Expr, what types.BasicInfo) bool {
	t := p.info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&what != 0
}
