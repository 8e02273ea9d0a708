package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// walk plants the faults of one file.
func (p *planter) walk() {
	for _, d := range p.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				p.body(d.Type, d.Body)
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				for _, s := range d.Specs {
					for _, v := range s.(*ast.ValueSpec).Values {
						ast.Inspect(v, p.visit)
					}
				}
			}
		}
	}
}

// body plants faults in a function, and in those that are written within it.
func (p *planter) body(f *ast.FuncType, body *ast.BlockStmt) {
	var results []string
	if f.Results != nil {
		for _, r := range f.Results.List {
			for range max(1, len(r.Names)) {
				results = append(results, p.text(r.Type))
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			p.body(n.Type, n.Body)
			return false
		case *ast.ReturnStmt:
			p.returned(n, results)
		}
		return p.visit(n)
	})
}

// visit plants what a node may have wrong, outer nodes before inner ones.
func (p *planter) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		p.body(n.Type, n.Body)
		return false
	case *ast.ArrayType, *ast.StructType, *ast.FuncType, *ast.InterfaceType:
		return false
	case *ast.DeclStmt:
		return n.Decl.(*ast.GenDecl).Tok == token.VAR
	case *ast.BlockStmt:
		p.statements(n.List)
	case *ast.CommClause:
		p.statements(n.Body)
	case *ast.CaseClause:
		p.statements(n.Body)
	case *ast.SwitchStmt:
		p.cases(n)
	case *ast.IfStmt:
		if p.handed[n] {
			p.forced[n.Cond] = true
			p.around(n.Cond, fmt.Sprintf("(faultOn(%d) || (", p.fault(n.Cond, "always: %s", line(p.text(n.Cond)))), "))")
			return true
		}
		p.force(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			p.force(n.Cond)
		}
	case *ast.CallExpr:
		return p.called(n)
	case *ast.CompositeLit:
		return p.composed(n)
	case *ast.BinaryExpr:
		if p.constant(n) {
			p.known(n)
			return false
		}
		p.binary(n)
	case *ast.UnaryExpr:
		if p.constant(n) {
			p.known(n)
			return false
		}
	case *ast.BasicLit:
		p.literal(n)
	}
	return true
}

// statements leaves single statements out.
func (p *planter) statements(list []ast.Stmt) {
	for i, s := range list {
		if i > 0 {
			p.outside(s, list[i-1])
		} else {
			p.outside(s, nil)
		}
		if strings.HasSuffix(p.text(s), ".Close()") || strings.Contains(p.text(s), "errors.Join(err, f.Close())") && !strings.HasPrefix(p.text(s), "return") {
			continue
		}
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && p.text(call.Fun) == "panic" {
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || blank(s) {
				continue
			}
		case *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		case *ast.BranchStmt:
			if s.Tok != token.CONTINUE {
				continue
			}
		default:
			continue
		}
		p.around(s, fmt.Sprintf("if !faultOn(%d) { ", p.fault(s, "is left out: %s", line(p.text(s)))), " }")
	}
}

func blank(s *ast.AssignStmt) bool {
	return !slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return !ok || id.Name != "_" })
}

// line is the beginning of a source text.
func line(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text[:min(len(text), 70)]
}

// cases takes values of a switch away, and makes conditions of one constant.
func (p *planter) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if s.Tag == nil {
				p.force(e)
				continue
			}
			if name, ok := p.typed(s.Tag); ok && !p.is(e, types.IsBoolean) && p.text(e) != `""` && p.text(e) != "0" {
				p.forced[e] = true
				p.around(e, fmt.Sprintf("faultZero[%s](%d, ", name, p.fault(e, "is no case: %s", p.text(e))), ")")
			}
		}
	}
}

// force makes a condition always hold, and never.
func (p *planter) force(e ast.Expr) {
	if p.forced[e] || !p.plain(e) {
		return
	}
	p.forced[e] = true
	switch p.text(e) {
	case "true":
		p.around(e, fmt.Sprintf("(!faultOn(%d) && ", p.fault(e, "true becomes false")), ")")
	case "false":
		p.around(e, fmt.Sprintf("(faultOn(%d) || ", p.fault(e, "false becomes true")), ")")
	default:
		said := line(p.text(e))
		p.around(e, fmt.Sprintf("(faultOn(%d) || !faultOn(%d) && (", p.fault(e, "always: %s", said), p.fault(e, "never: %s", said)), "))")
	}
}

// plain reports whether an expression is of type bool itself.
func (p *planter) plain(e ast.Expr) bool {
	b, ok := p.info.TypeOf(e).(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// binary forces operands of conditions, moves bounds and turns arithmetic.
func (p *planter) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.LAND, token.LOR:
		p.operand(n.X, n.Op)
		p.operand(n.Y, n.Op)
		return
	case token.EQL, token.NEQ:
		p.force(n)
		return
	case token.SHL, token.SHR, token.AND_NOT:
		return
	}
	if !p.is(n.X, types.IsNumeric) {
		if n.Op != token.ADD {
			p.force(n)
		}
		return
	}
	name := map[token.Token]string{token.LSS: "Less", token.LEQ: "LessEqual", token.GTR: "More", token.GEQ: "MoreEqual", token.ADD: "Add",
		token.SUB: "Sub", token.MUL: "Mul", token.QUO: "Div", token.REM: "Rem", token.AND: "And", token.OR: "Or", token.XOR: "Xor"}[n.Op]
	if n.Op == token.LSS || n.Op == token.LEQ || n.Op == token.GTR || n.Op == token.GEQ {
		p.force(n)
	}
	p.around(n, fmt.Sprintf("fault%s(%d, ", name, p.fault(n, "another operator: %s", line(p.text(n)))), ")")
	p.edits = append(p.edits, edit{at: p.offset(n.OpPos), cut: len(n.Op.String()), text: ","})
}

// operand makes one side of a condition count for nothing.
func (p *planter) operand(e ast.Expr, op token.Token) {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op || p.forced[e] || !p.plain(e) {
		return
	}
	p.forced[e] = true
	before := map[token.Token]string{token.LAND: "(faultOn(%d) || (", token.LOR: "(!faultOn(%d) && ("}[op]
	p.around(e, fmt.Sprintf(before, p.fault(e, "counts for nothing: %s", line(p.text(e)))), "))")
}

// returned returns nothing of what is returned.
func (p *planter) returned(n *ast.ReturnStmt, results []string) {
	if len(n.Results) != len(results) {
		return
	}
	last := len(results) - 1
	refuses := last >= 0 && results[last] == "error" && p.text(n.Results[last]) != "nil"
	for i, e := range n.Results {
		if refuses && i < last || p.handed[n] {
			p.unread(e)
			continue
		}
		switch {
		case results[i] == "bool":
			p.force(e)
		case p.empty(e):
		case results[i] == "error":
			p.around(e, fmt.Sprintf("faultZero[error](%d, ", p.fault(e, "no error: %s", line(p.text(e)))), ")")
		default:
			p.around(e, fmt.Sprintf("faultZero[%s](%d, ", results[i], p.fault(e, "returns nothing: %s", line(p.text(e)))), ")")
		}
	}
}

// unread leaves alone what nobody reads because an error stands beside it.
func (p *planter) unread(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			p.forced[e] = true
		}
		return true
	})
}

// outside notes that a statement only hands an error on that comes from outside
// of the program: from a disk, a database, the set-up of a cipher. Tests cannot
// bring each of those about, so none is made to be lost.
func (p *planter) outside(s, before ast.Stmt) {
	check, ok := s.(*ast.IfStmt)
	if !ok || check.Else != nil {
		return
	}
	cond, ok := check.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || p.text(cond.Y) != "nil" || p.text(cond.X) != "err" {
		return
	}
	from := check.Init
	if from == nil {
		from = before
	}
	assigned, ok := from.(*ast.AssignStmt)
	if !ok || len(check.Body.List) != 1 {
		return
	}
	back, ok := check.Body.List[0].(*ast.ReturnStmt)
	p.handed[back] = ok // to lose it there is to miss it above
	if !ok || !p.foreign(assigned.Rhs[len(assigned.Rhs)-1]) {
		return
	}
	p.handed[check], p.handed[back] = true, true
}

// refusing are functions of others whose errors are answers about what they were given.
var refusing = []string{"Open", "DecodeString", "ParseUint", "ParseInt", "Parse", "Unmarshal", "ParseTree"}

// foreign reports whether a call is to a package that is not ours, or to
// generated code, and fails only when something breaks.
func (p *planter) foreign(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	fun := call.Fun
	var name *ast.Ident
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel
	case *ast.Ident:
		name = f
	default:
		return false
	}
	of := p.info.ObjectOf(name)
	if of == nil || of.Pkg() == nil {
		return false
	}
	root, _, _ := strings.Cut(p.pkg.Path(), "/")
	ours := strings.HasPrefix(of.Pkg().Path(), root+"/") && !strings.HasPrefix(of.Pkg().Path(), root+"/ent")
	return !ours && !(slices.Contains(refusing, name.Name) && of.Pkg().Path() != "os")
}

// empty reports whether an expression is a zero value as it stands.
func (p *planter) empty(e ast.Expr) bool {
	if lit, ok := e.(*ast.CompositeLit); ok {
		return len(lit.Elts) == 0
	}
	known := p.info.Types[e].Value
	return p.text(e) == "nil" || known != nil && slices.Contains([]string{"0", `""`, "false"}, known.String())
}
