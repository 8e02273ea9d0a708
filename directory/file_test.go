package directory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

const header = "key,kind,name,counties\n"

// A file that cannot be right is refused, and the sentence names the line, the
// column and what to do.
func TestParseRefused(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"nothing", "", "the file is empty"},
		{"only a mark", "\xef\xbb\xbf", "the file is empty"},
		{"no name column", "key,kind\n", "line 1, column name: is missing from the header"},
		{"unknown column", "key,kind,name,counties,fax\n", `line 1, column 5: has a name that is not known: "fax"`},
		{"column in capitals", "Key,kind,name\n", `line 1, column 1: has a name that is not known: "Key"`},
		{"doubled column", "key,kind,name,key\n", "line 1, column key: stands twice in the header"},
		{"zero byte in the header", "key,kind,na\x00me\n", "line 1, column 3: holds a zero byte; this may not be a text file"},
		{"no key", header + ",any,A,erie\n", "line 2, column key: is empty, but every line needs it"},
		{"key with a space", header + "a b,any,A,erie\n", "line 2, column key: is not a key"},
		{"doubled key", header + "a,any,A,erie\nb,any,A,erie\na,any,A,erie\n", "line 4, column key: is the same as on line 2"},
		{"unknown kind", header + "a,office,A,erie\n", "line 2, column kind: is none of adult, child, any"},
		{"unknown county", header + "a,any,A,erie;manhattan\n", "line 2, column counties: names manhattan, which is no county of New York"},
		{"county by its name", header + "a,any,A,St. Lawrence\n", "line 2, column counties: is not a list of counties"},
		{"county twice", header + "a,any,A,erie;erie\n", "line 2, column counties: names erie twice"},
		{"serves nobody", header + "a,any,A,\n", "line 2, column counties: is empty, and so are district and region"},
		{"too few cells", header + "a,any,A\n", "line 2 has 3 cells, but the header has 4"},
		{"too many cells", header + "a,any,A,erie,x\n", "line 2 has 5 cells, but the header has 4"},
		{"open quotation", header + "a,any,\"A,erie\n", "line 2 has a quotation mark in the wrong place"},
		{"zero byte", header + "a,any,A\x00,erie\n", "line 2, column name: holds a zero byte"},
		{"not UTF-8", header + "a,any,Jos\xe9,erie\n", "line 2, column name: is not UTF-8 text"},
		{"line break", header + "a,any,\"A\nB\",erie\n", "line 2, column name: holds a line break"},
		{"turned writing", header + "a,any,A\u202eB,erie\n", "line 2, column name: holds a line break or another character"},
		{"long cell", header + "a,any," + strings.Repeat("x", 1001) + ",erie\n", "line 2, column name: is longer than 1,000 characters"},
		{"line after a line break", header + "a,any,\"A\nB\",erie\nb,office,B,erie\n", "line 4, column kind: is none of"},
		{"bad phone", header[:22] + ",phone\n" + "a,any,A,erie,call us\n", "line 2, column phone: is not one phone number"},
		{"two phones", header[:22] + ",phone\n" + "a,any,A,erie,518-555-0101; 518-555-0102\n", "line 2, column phone"},
		{"bad mail", header[:22] + ",email\n" + "a,any,A,erie,Desk <desk@example.org>\n", "line 2, column email: is not one email address"},
		{"script address", header[:22] + ",url\n" + "a,any,A,erie,javascript:alert(1)\n", "line 2, column url: is not a web address"},
		{"address without host", header[:22] + ",url\n" + "a,any,A,erie,https://\n", "line 2, column url: is not a web address"},
		{"address with a password", header[:22] + ",url\n" + "a,any,A,erie,https://a:b@example.org\n", "line 2, column url"},
		{"no such district", header[:22] + ",district\n" + "a,any,A,erie,queens\n", "line 2, column district: is no social services district"},
		{"no such region", header[:22] + ",region\n" + "a,any,A,erie,Upstate\n", "line 2, column region: is none of New York City"},
		{"bad language", header[:22] + ",languages\n" + "a,any,A,erie,Spanish\n", "line 2, column languages: is not a list of codes"},
		{"bad day", header[:22] + ",valid_from\n" + "a,any,A,erie,11/03/2026\n", "line 2, column valid_from: is not a day like 2026-11-03"},
		{"day that is none", header[:22] + ",valid_to\n" + "a,any,A,erie,2026-02-30\n", "line 2, column valid_to: is not a day"},
		{"ends before it begins", header[:22] + ",valid_from,valid_to\n" + "a,any,A,erie,2026-02-02,2026-02-01\n", "line 2, column valid_to: is before valid_from"},
		{"verified by nobody", header[:22] + ",verified_on\n" + "a,any,A,erie,2026-02-02\n", "line 2, column verified_by: is empty, but verified_on is not"},
		{"verified never", header[:22] + ",verified_by\n" + "a,any,A,erie,someone\n", "line 2, column verified_on: is empty, but verified_by is not"},
	} {
		list, err := Parse(strings.NewReader(tt.file))
		var bad Problems
		if !errors.As(err, &bad) || list != nil {
			t.Errorf("%s: not refused: %v, %v", tt.name, list, err)
			continue
		}
		found := false
		for _, p := range bad {
			found = found || strings.HasPrefix(p.String(), tt.want)
		}
		if !found {
			t.Errorf("%s: %q, want %q", tt.name, err, tt.want)
		}
	}
}

// A file beyond the limits is refused; one at the limit is read.
func TestParseLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString(header)
	for i := range MostRows {
		fmt.Fprintf(&b, "k%d,any,A,erie\n", i)
	}
	if list, err := Parse(strings.NewReader(b.String() + ",,,\n")); err != nil || len(list) != MostRows {
		t.Errorf("at the limit: %d, %v", len(list), err)
	}
	_, err := Parse(strings.NewReader(b.String() + "one-more,any,A,erie\n"))
	if err == nil || err.Error() != "line 5002 is one too many: a file has at most 5,000 lines of contacts" {
		t.Errorf("over the limit: %v", err)
	}
	_, err = Parse(io.MultiReader(strings.NewReader(header), strings.NewReader(strings.Repeat("x", MostBytes))))
	if err == nil || err.Error() != "the file is larger than 8 MiB" {
		t.Errorf("too large: %v", err)
	}
}

// Many mistakes come back at once, but not without end, and a failing reader
// is not the file's fault.
func TestParseManyProblems(t *testing.T) {
	_, err := Parse(strings.NewReader(header + strings.Repeat("a b,office,A,erie\n", 100)))
	var bad Problems
	if !errors.As(err, &bad) || len(bad) != mostProblems {
		t.Errorf("%d problems", len(bad))
	}
	broken := errors.New("broken")
	if _, err := Parse(io.MultiReader(strings.NewReader(header), failing{broken})); !errors.Is(err, broken) || errors.As(err, &bad) {
		t.Errorf("failing reader: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A good file is read with every column, in any order, with spaces, with the
// mark that spreadsheets put and with empty lines at the end.
func TestParse(t *testing.T) {
	file := "\xef\xbb\xbfname, key ,kind,district,counties,region,languages,specialties,phone,address,email,url,source," +
		"verified_on,verified_by,verified_how,valid_from,valid_to\r\n" +
		"\" Children's Services \",ldss-erie-child,child,erie, niagara; erie ,Rest of State,spanish;kiche,sex;minor," +
		"+1 716-555-0111 ext. 4,\"1 Example Street, Buffalo\",desk@example.org,https://example.org/a,'=said,2026-01-05," +
		"A. Clerk,by phone,2026-01-06,2026-12-31\r\n\r\n,,,,,,,,,,,,,,,,,\r\n"
	want := Contact{Key: "ldss-erie-child", Kind: Child, District: "erie", Name: "Children's Services",
		Counties: []string{"erie", "niagara"}, Region: RestOfState, Languages: []string{"kiche", "spanish"},
		Specialties: []string{"minor", "sex"}, Phone: "+1 716-555-0111 ext. 4", Address: "1 Example Street, Buffalo",
		Email: "desk@example.org", URL: "https://example.org/a", Source: "=said", VerifiedOn: "2026-01-05",
		VerifiedBy: "A. Clerk", VerifiedHow: "by phone", ValidFrom: "2026-01-06", ValidTo: "2026-12-31"}
	got, err := Parse(strings.NewReader(file))
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Every field of a contact has its column: none is lost by writing.
func TestEveryFieldIsWritten(t *testing.T) {
	if n := reflect.TypeFor[Contact]().NumField(); n != len(columns()) {
		t.Errorf("%d fields, %d columns", n, len(columns()))
	}
}

// A cell is never a formula, and comes back as it was.
func TestWriteGuardsFormulas(t *testing.T) {
	for written, name := range map[string]string{
		"'=1+1": "=1+1", "'+cmd": "+cmd", "'-2": "-2", "'@sum": "@sum", "''=x": "'=x", "'＝1": "＝1",
		"'til noon": "'til noon", "a=b": "a=b",
	} {
		contacts := []Contact{{Key: "a", Kind: Any, Name: name, Counties: []string{"erie"}}}
		var b bytes.Buffer
		if err := Write(&b, contacts); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "a,any,,"+written+",erie") {
			t.Errorf("%q was written as %q", name, b.String())
		}
		if back, err := Parse(&b); err != nil || !reflect.DeepEqual(back, contacts) {
			t.Errorf("%q came back as %+v, %v", name, back, err)
		}
	}
	var b bytes.Buffer
	err := Write(&b, []Contact{{Key: "a", Kind: Any, Name: "A", Phone: "+1 518-555-0123"}, {Key: "b", Kind: Any, Name: "B", Phone: "+1+cmd"}})
	if err != nil || !strings.Contains(b.String(), ",+1 518-555-0123,") || !strings.Contains(b.String(), ",'+1+cmd,") {
		t.Errorf("phones: %q, %v", b.String(), err)
	}
}

// A writer that fails is heard.
func TestWriteFails(t *testing.T) {
	broken := errors.New("full")
	if err := Write(full{broken}, Contacts()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// The whole directory survives a file, and nothing differs then.
func TestWriteParse(t *testing.T) {
	want := append(Contacts(), DemoContacts()...)
	var b bytes.Buffer
	if err := Write(&b, want); err != nil {
		t.Fatal(err)
	}
	got, err := Parse(&b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("came back differently: %v\n%v", err, Diff(want, got))
	}
}

// Whatever is read: no panic; what is refused says so in a few lines; what is
// accepted can be written and read again without a difference.
func FuzzParse(f *testing.F) {
	f.Add([]byte(header + "a,any,A,erie\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := Parse(bytes.NewReader(file))
		if err != nil {
			var bad Problems
			if list != nil || !errors.As(err, &bad) || len(bad) == 0 || len(bad) > mostProblems {
				t.Fatalf("%v, %v", list, err)
			}
			return
		}
		var b bytes.Buffer
		if err := Write(&b, list); err != nil {
			t.Fatal(err)
		}
		back, err := Parse(&b)
		if err != nil || len(back) != len(list) || !Diff(list, back).Empty() {
			t.Fatalf("came back differently: %v\n%v", err, Diff(list, back))
		}
	})
}
