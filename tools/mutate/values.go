package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// speaking are the functions whose words are for people: a fault in them harms
// nobody.
var speaking = []string{"fmt.Errorf", "errors.New", "panic", "log.Error", "log.Warn", "log.Info", "fault.New"}

// called leaves alone what only sets memory aside, and the words of errors. It
// reports whether to go on within.
func (p *planter) called(n *ast.CallExpr) bool {
	name := p.text(n.Fun)
	if tv, ok := p.info.Types[n.Fun]; ok && tv.IsType() && p.constant(n) {
		return false
	}
	if name == "make" {
		if len(n.Args) == 2 && p.list(n.Args[0]) {
			ast.Inspect(n.Args[1], p.visit)
		} else if len(n.Args) == 3 {
			ast.Inspect(n.Args[1], p.visit)
		}
		return false
	}
	if slices.Contains(speaking, name) {
		for _, a := range n.Args {
			if _, ok := a.(*ast.BasicLit); !ok && !p.is(a, types.IsString) {
				ast.Inspect(a, p.visit)
			}
		}
		return false
	}
	return true
}

// list reports whether an expression is the type of a slice.
func (p *planter) list(e ast.Expr) bool {
	_, ok := p.info.TypeOf(e).Underlying().(*types.Slice)
	return ok
}

// composed leaves elements of lists and entries of maps out, and turns what is
// true or false. It reports whether to go on within.
func (p *planter) composed(n *ast.CompositeLit) bool {
	switch p.info.TypeOf(n).Underlying().(type) {
	case *types.Slice:
		p.shortened(n)
	case *types.Map:
		p.emptied(n)
	}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if _, name := kv.Key.(*ast.Ident); !name && !p.constant(kv.Key) {
				ast.Inspect(kv.Key, p.visit)
			}
			e = kv.Value
		}
		if p.plain(e) {
			p.force(e)
		}
		ast.Inspect(e, p.visit)
	}
	return false
}

// shortened leaves each element of a list out.
func (p *planter) shortened(n *ast.CompositeLit) {
	if n.Type == nil || len(n.Elts) == 0 || slices.ContainsFunc(n.Elts, func(e ast.Expr) bool { _, ok := e.(*ast.KeyValueExpr); return ok }) {
		return
	}
	first := 0
	for i, e := range n.Elts {
		if k := p.fault(e, "is not in the list: %s", line(p.text(e))); i == 0 {
			first = k
		}
	}
	p.around(n, fmt.Sprintf("faultShort(%d, ", first), ")")
}

// emptied leaves each entry of a map out.
func (p *planter) emptied(n *ast.CompositeLit) {
	if n.Type == nil || len(n.Elts) == 0 {
		return
	}
	var keys []string
	for _, e := range n.Elts {
		kv := e.(*ast.KeyValueExpr)
		if _, ok := kv.Key.(*ast.CompositeLit); ok {
			return
		}
		keys = append(keys, p.text(kv.Key))
	}
	first := 0
	for i, e := range n.Elts {
		if k := p.fault(e, "is not in the map: %s", line(p.text(e))); i == 0 {
			first = k
		}
	}
	p.around(n, fmt.Sprintf("faultWithout(%d, ", first), ", "+strings.Join(keys, ", ")+")")
}

// known changes what the compiler computes of constants.
func (p *planter) known(n ast.Expr) {
	name, ok := p.typed(n)
	switch {
	case !ok || p.forced[n]:
	case p.is(n, types.IsInteger):
		p.around(n, fmt.Sprintf("faultNext[%s](%d, ", name, p.fault(n, "one more: %s", line(p.text(n)))), ")")
	case p.texts && p.is(n, types.IsString):
		p.around(n, fmt.Sprintf("faultWord[%s](%d, ", name, p.fault(n, "another word: %s", line(p.text(n)))), ")")
	}
}

// literal changes a number by one, and a word where words are stored.
func (p *planter) literal(n *ast.BasicLit) {
	name, ok := p.typed(n)
	switch {
	case !ok || p.forced[n]:
	case n.Kind == token.INT && p.is(n, types.IsInteger):
		p.around(n, fmt.Sprintf("faultNext[%s](%d, ", name, p.fault(n, "one more: %s", n.Value)), ")")
	case n.Kind == token.STRING && p.texts && p.is(n, types.IsString):
		p.around(n, fmt.Sprintf("faultWord[%s](%d, ", name, p.fault(n, "another word: %s", line(n.Value))), ")")
	}
}

// helpers is what the changed sources call. Reaching a place is written down
// once when a file is named for it.
const helpers = `
import (
	faultos "os"
	faultstrconv "strconv"
	faultatomic "sync/atomic"
)

var (
	faultReal = faultChosen()
	faultFile = faultos.Getenv("FAULT_REACHED")
	faultSeen [faultCount + 1]faultatomic.Bool
)

func faultChosen() *faultatomic.Int64 {
	n, _ := faultstrconv.Atoi(faultos.Getenv("FAULT_REAL"))
	real := &faultatomic.Int64{}
	real.Store(int64(n))
	return real
}

func faultOn(n int) bool {
	if faultFile != "" && !faultSeen[n].Load() && !faultSeen[n].Swap(true) {
		if f, err := faultos.OpenFile(faultFile, faultos.O_APPEND|faultos.O_CREATE|faultos.O_WRONLY, 0o600); err == nil {
			_, _ = f.WriteString(faultstrconv.Itoa(n) + "\n")
			_ = f.Close()
		}
	}
	return int64(n) == faultReal.Load()
}

type faultWhole interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type faultNumber interface { faultWhole | ~float32 | ~float64 }

func faultZero[T any](n int, x T) T { if faultOn(n) { var zero T; return zero }; return x }
func faultNext[T faultWhole](n int, x T) T { if faultOn(n) { return x + 1 }; return x }
func faultWord[T ~string](n int, x T) T { if faultOn(n) { return x + "~" }; return x }
func faultLess[T faultNumber](n int, a, b T) bool { if faultOn(n) { return a <= b }; return a < b }
func faultLessEqual[T faultNumber](n int, a, b T) bool { if faultOn(n) { return a < b }; return a <= b }
func faultMore[T faultNumber](n int, a, b T) bool { if faultOn(n) { return a >= b }; return a > b }
func faultMoreEqual[T faultNumber](n int, a, b T) bool { if faultOn(n) { return a > b }; return a >= b }
func faultAdd[T faultNumber](n int, a, b T) T { if faultOn(n) { return a - b }; return a + b }
func faultSub[T faultNumber](n int, a, b T) T { if faultOn(n) { return a + b }; return a - b }
func faultMul[T faultNumber](n int, a, b T) T { if faultOn(n) { return a / b }; return a * b }
func faultDiv[T faultNumber](n int, a, b T) T { if faultOn(n) { return a * b }; return a / b }
func faultRem[T faultWhole](n int, a, b T) T { if faultOn(n) { return a * b }; return a % b }
func faultAnd[T faultWhole](n int, a, b T) T { if faultOn(n) { return a | b }; return a & b }
func faultOr[T faultWhole](n int, a, b T) T { if faultOn(n) { return a & b }; return a | b }
func faultXor[T faultWhole](n int, a, b T) T { if faultOn(n) { return a & b }; return a ^ b }

func faultShort[S ~[]E, E any](first int, s S) S {
	for i := range s {
		if faultOn(first + i) {
			return append(append(S{}, s[:i]...), s[i+1:]...)
		}
	}
	return s
}

func faultWithout[M ~map[K]V, K comparable, V any](first int, m M, keys ...K) M {
	for i, k := range keys {
		if faultOn(first + i) {
			delete(m, k)
		}
	}
	return m
}
`
