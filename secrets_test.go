package tools_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// secretWords are parts of a name that is a secret, or is made of one so that who
// learns it byte by byte has it.
var secretWords = []string{"token", "mac", "hmac", "digest", "secret", "otp", "totp", "password", "passphrase", "pepper", "nonce", "csrf", "pin",
	"hash", "signature", "proof", "recovery"}

// codesAreSecret are folders in which a code or a sum is a secret, too; elsewhere one is
// a word of a closed list, or what two numbers come to.
var codesAreSecret = []string{"abroad", "auth", "hsm", "seal"}

// comparing are functions that stop at the first difference, as == does.
var comparing = []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "strings.EqualFold", "strings.Compare", "strings.HasPrefix", "slices.Equal", "slices.Compare", "reflect.DeepEqual"}

// notSecret are comparisons of what has such a name and is no secret, or that tell
// nobody anything, each with why. What stands here and is not found is refused.
var notSecret = map[string]string{
	"audit/verify.go: string(h[:]) != string(leaf.Hash)":                   "the hashes of the log are published",
	"audit/verify.go: row.Idx != tlog.StoredHashIndex(done.level, done.n)": "a number of a place in the tree",
	"audit/verify.go: string(row.Hash) != string(done.hash[:])":            "the hashes of the log are published",
	"auth/auth.go: string(u.PasswordHash) != string(a.u.PasswordHash)":     "one row read twice: whether the password was changed meanwhile; nobody sends either",
	"auth/places.go: string(row.TokenHash) == own":                         "the hash of the token that the session was found by, among those of the same account",
	"auth/places.go: placeMark(row.TokenHash) != mark":                     "a mark that is shown to the owner of the account, who ends the session by it; nobody signs in with it",
	"auth/session.go: l.hash == string(hash)":                              "one request compares with what it began with itself",
	"backup/restore.go: hex.EncodeToString(sum.Sum(nil)) != m.Digest":      "a sum that is printed and shown to find damage; nobody gets in by it",
	"referrals/attach.go: one.Digest == k.listed.Digest":                   "files that one referrer put into one draft",
	"referrals/certificate.go: out.Digest != row.Digest":                   "two rows of our own database are compared; nobody sends either",
	"referrals/once.go: bytes.Equal(old.BodyHash, bodyHash)":               "keyed, and of what the same account sent under a key of its own",
	"referrals/whole.go: hex.EncodeToString(sum[:]) != a.Digest":           "two rows of our own database are compared; nobody sends either",
	"registry/importing.go: p.Digest != digest":                            "of a file of the public directory that the same administrator sends twice",
}

// A secret, and what is made of one, is compared in constant time and in no other
// way: who measures the time of an answer learns nothing of it.
func TestTreeSecrets(t *testing.T) {
	constants := constantsByFolder(t)
	seen := map[string]bool{}
	goFiles(t, func(path string, content []byte, set *token.FileSet, f *ast.File) {
		folder := path[:max(strings.LastIndex(path, "/"), 0)]
		if strings.HasSuffix(path, "_test.go") || generated(content) || slices.ContainsFunc(forDevelopers, func(d string) bool { return folder == d || strings.HasPrefix(folder, d+"/") }) {
			return
		}
		for _, c := range unguarded(set, f, folder, constants[folder]) {
			at := path + ": " + c.text
			if seen[at] = true; notSecret[at] == "" {
				t.Errorf("%s compares what may be a secret; use crypto/subtle, or say in notSecret why it is none:\n%q", set.Position(c.pos), at)
			}
		}
	})
	for at := range notSecret {
		if !seen[at] {
			t.Errorf("%s stands in notSecret and nowhere else", at)
		}
	}
}

// constantsByFolder are the names of the constants that packages declare.
func constantsByFolder(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	goFiles(t, func(path string, _ []byte, _ *token.FileSet, f *ast.File) {
		folder := path[:max(strings.LastIndex(path, "/"), 0)]
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				for _, name := range s.(*ast.ValueSpec).Names {
					out[folder] = append(out[folder], name.Name)
				}
			}
		}
	})
	return out
}

// comparison is one that may stop at the first difference.
type comparison struct {
	pos  token.Pos
	text string
}

// finder looks through one file.
type finder struct {
	set       *token.FileSet
	words     []string // that make a secret here
	constants []string // of the package
	imported  []string // names of packages
	out       []comparison
}

// unguarded are the comparisons of a file of which one side has the name of a
// secret and the other is no constant.
func unguarded(set *token.FileSet, f *ast.File, folder string, constants []string) []comparison {
	x := &finder{set: set, words: secretWords, constants: constants}
	if slices.Contains(codesAreSecret, folder) {
		x.words = append(slices.Clone(secretWords), "code", "sum")
	}
	for _, i := range f.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		x.imported = append(x.imported, path[strings.LastIndex(path, "/")+1:])
	}
	ast.Inspect(f, x.look)
	return x.out
}

func (x *finder) add(n ast.Node, sides ...ast.Expr) {
	if slices.ContainsFunc(sides, x.constant) || !slices.ContainsFunc(sides, x.secret) {
		return
	}
	var text strings.Builder
	if err := printer.Fprint(&text, x.set, n); err != nil {
		fmt.Fprint(&text, err)
	}
	x.out = append(x.out, comparison{n.Pos(), strings.Join(strings.Fields(text.String()), " ")})
}

func (x *finder) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			x.add(n, n.X, n.Y)
		}
	case *ast.CallExpr:
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) == 2 {
			if p, ok := s.X.(*ast.Ident); ok && slices.Contains(comparing, p.Name+"."+s.Sel.Name) {
				x.add(n, n.Args...)
			}
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			return true
		}
		for _, c := range n.Body.List {
			for _, one := range c.(*ast.CaseClause).List {
				x.add(&ast.BinaryExpr{X: n.Tag, Op: token.EQL, Y: one}, n.Tag, one)
			}
		}
	}
	return true
}

// constant says whether an expression is written in the source: a literal, nil, or
// the name of a constant, such as auth.AskCode or http.StatusOK.
func (x *finder) constant(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.CompositeLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false" || slices.Contains(x.constants, e.Name)
	case *ast.SelectorExpr:
		p, ok := e.X.(*ast.Ident)
		return ok && slices.Contains(x.imported, p.Name) && ast.IsExported(e.Sel.Name)
	case *ast.CallExpr: // a conversion of one
		if len(e.Args) != 1 {
			return false
		}
		if name, ok := e.Args[0].(*ast.Ident); ok && name.Name == "nil" {
			return false
		}
		return x.constant(e.Args[0])
	case *ast.UnaryExpr:
		return x.constant(e.X)
	case *ast.BinaryExpr:
		return x.constant(e.X) && x.constant(e.Y)
	}
	return false
}

// secret says whether an expression has the name of a secret.
func (x *finder) secret(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return x.named(e.Name)
	case *ast.SelectorExpr:
		return x.named(e.Sel.Name)
	case *ast.IndexExpr:
		return x.secret(e.X)
	case *ast.SliceExpr:
		return x.secret(e.X)
	case *ast.StarExpr:
		return x.secret(e.X)
	case *ast.UnaryExpr:
		return x.secret(e.X)
	case *ast.BinaryExpr:
		return x.secret(e.X) || x.secret(e.Y)
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok && (name.Name == "len" || name.Name == "cap") {
			return false
		}
		if s, ok := e.Fun.(*ast.SelectorExpr); ok && x.secret(s.X) {
			return true // mac.Sum(nil)
		}
		return x.secret(e.Fun) || slices.ContainsFunc(e.Args, x.secret)
	}
	return false
}

// named says whether one of the words of a name is that of a secret.
func (x *finder) named(name string) bool {
	return slices.ContainsFunc(wordsOf(name), func(w string) bool {
		return slices.Contains(x.words, w) || slices.Contains(x.words, strings.TrimSuffix(w, "s"))
	}) && !strings.HasPrefix(name, "err")
}

// wordsOf are the words of a name, such as body and hash of bodyHash.
func wordsOf(name string) (out []string) {
	begin := 0
	runes := []rune(name)
	for i := range runes {
		after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if i > begin && (runes[i] == '_' || unicode.IsUpper(runes[i]) && (unicode.IsLower(runes[i-1]) || after)) {
			out = append(out, strings.ToLower(strings.Trim(string(runes[begin:i]), "_")))
			begin = i
		}
	}
	return append(out, strings.ToLower(strings.Trim(string(runes[begin:]), "_")))
}

// The test finds each planted comparison of a secret, and none of what is no
// comparison of one.
func TestTreeSecretsAreFound(t *testing.T) {
	for text, want := range map[string]int{
		`token == sent`: 1, `sent != a.Token`: 1, `bytes.Equal(mac.Sum(nil), got)`: 1, `string(row.TokenHash) == own`: 1, `strings.EqualFold(given, password)`: 1,
		`hex.EncodeToString(sum[:]) != typed`: 1, `[32]byte(digest) == other`: 1, `slices.Equal(codeHash(x), y)`: 1, `c.code == typed`: 1, `reflect.DeepEqual(secrets, them)`: 1,
		`strings.HasPrefix(CSRFToken, got)`: 1, `hmac_sum == got`: 1, `*pin == x`: 1,
		`token == ""`: 0, `subtle.ConstantTimeCompare(mac, got) == 1`: 0, `hmac.Equal(mac, got)`: 0, `len(token) == 13`: 0, `err == errToken`: 0, `secret != nil`: 0,
		`a.Name == b.Name`: 0, `p.Ask == auth.AskCode`: 0, `decode == encode`: 0, `string(token) == "x"`: 0,
	} {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, "planted.go", "package planted\n\nimport \"nysreferral/auth\"\n\nvar _ = "+text+"\n", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := unguarded(set, f, "auth", nil); len(got) != want {
			t.Errorf("%s: found %v, want %d", text, got, want)
		}
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "planted.go", "package planted\n\nfunc f() { switch token { case sent: case \"\": } }\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := unguarded(set, f, "auth", nil); len(got) != 1 || got[0].text != "token == sent" {
		t.Errorf("a switch: %v", got)
	}
}
