package attach

import (
	"errors"
	"strings"
)

// errPDF is bytes that are no value of a PDF. What follows may be.
var errPDF = errors.New("attach: no value of a PDF")

// pdfParser reads values from a text. It never goes back before where it began,
// so that reading a file costs no more than its length.
type pdfParser struct {
	f    *pdfFile
	text string
	at   int
}

const (
	blanks = " \t\r\n\f\x00"
	delims = "()<>[]{}/%"
)

func blank(c byte) bool { return strings.IndexByte(blanks, c) >= 0 }

func regular(c byte) bool { return !blank(c) && strings.IndexByte(delims, c) < 0 }

// skip passes over blanks and comments.
func (p *pdfParser) skip() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case blank(c):
			p.at++
		case c == '%':
			for p.at < len(p.text) && p.text[p.at] != '\n' && p.text[p.at] != '\r' {
				p.at++
			}
		default:
			return
		}
	}
}

// value reads one value, nested as deep as it may be.
func (p *pdfParser) value(nested int) (any, error) {
	p.skip()
	if p.f.values++; p.at >= len(p.text) || nested > maxNested || p.f.values > maxValues {
		return nil, errPDF
	}
	switch c := p.text[p.at]; {
	case c == '/':
		p.at++
		return p.name(), nil
	case c == '(':
		return p.literal()
	case strings.HasPrefix(p.text[p.at:], "<<"):
		p.at += 2
		return p.dict(nested)
	case c == '<':
		return p.hex()
	case c == '[':
		p.at++
		return p.array(nested)
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		return p.numberOrRef(), nil
	case regular(c):
		return p.word()
	}
	p.at++
	return nil, errPDF
}

func (p *pdfParser) token() string {
	from := p.at
	for p.at < len(p.text) && regular(p.text[p.at]) {
		p.at++
	}
	return p.text[from:p.at]
}

func (p *pdfParser) word() (any, error) {
	switch w := p.token(); w {
	case "null":
		return nil, nil
	case "true", "false":
		return pdfWord(w), nil
	}
	return nil, errPDF
}

// name reads the rest of a name; #41 in it is A.
func (p *pdfParser) name() pdfName {
	raw := p.token()
	if !strings.Contains(raw, "#") {
		return pdfName(raw)
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && digit(raw[i+1]) >= 0 && digit(raw[i+2]) >= 0 {
			b.WriteByte(byte(digit(raw[i+1])<<4 | digit(raw[i+2])))
			i += 2
			continue
		}
		b.WriteByte(raw[i])
	}
	return pdfName(b.String())
}

// digit is the value of a hexadecimal digit, -1 for none.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// numberOrRef reads a number, or "12 0 R".
func (p *pdfParser) numberOrRef() any {
	n := p.token()
	back := p.at
	p.skip()
	if _, whole := lastNumber(n); whole >= 0 && len(n) < 9 && n[0] != '+' && n[0] != '-' && p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' && p.at-back < 8 {
		if generation := p.token(); len(generation) <= 5 {
			p.skip()
			if p.at < len(p.text) && p.text[p.at] == 'R' && (p.at+1 == len(p.text) || !regular(p.text[p.at+1])) {
				p.at++
				if rest, number := lastNumber(n); rest == "" {
					return pdfRef(number)
				}
			}
		}
	}
	p.at = back
	for i := range len(n) {
		if (n[i] < '0' || n[i] > '9') && n[i] != '.' && (i > 0 || n[i] != '-' && n[i] != '+') {
			return pdfNumber("0")
		}
	}
	return pdfNumber(n)
}

// literal reads "(text)" with its escapes.
func (p *pdfParser) literal() (any, error) {
	var b strings.Builder
	depth := 0
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case '(':
			if depth++; depth > 1 {
				b.WriteByte(c)
			}
		case ')':
			if depth--; depth == 0 {
				p.at++
				return pdfString(b.String()), nil
			}
			b.WriteByte(c)
		case '\\':
			p.at++
			p.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	return nil, errPDF
}

// escape reads what follows a backslash, up to its last byte.
func (p *pdfParser) escape(b *strings.Builder) {
	if p.at >= len(p.text) {
		return
	}
	c := p.text[p.at]
	if i := strings.IndexByte("nrtbf", c); i >= 0 {
		b.WriteByte("\n\r\t\b\f"[i])
		return
	}
	if c == '\r' || c == '\n' {
		if c == '\r' && p.at+1 < len(p.text) && p.text[p.at+1] == '\n' {
			p.at++
		}
		return
	}
	if c < '0' || c > '7' {
		b.WriteByte(c)
		return
	}
	n := 0
	for i := 0; i < 3 && p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '7'; i++ {
		n = n<<3 | int(p.text[p.at]-'0')
		p.at++
	}
	p.at--
	b.WriteByte(byte(n))
}

func (p *pdfParser) hex() (any, error) {
	var out []byte
	half := -1
	for p.at++; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		d := digit(c)
		switch {
		case c == '>':
			p.at++
			if half >= 0 {
				out = append(out, byte(half<<4))
			}
			return pdfString(out), nil
		case d < 0 && blank(c):
		case d < 0:
			return nil, errPDF
		case half < 0:
			half = d
		default:
			out = append(out, byte(half<<4|d))
			half = -1
		}
	}
	return nil, errPDF
}

func (p *pdfParser) array(nested int) (any, error) {
	out := pdfArray{}
	for {
		p.skip()
		if p.at < len(p.text) && p.text[p.at] == ']' {
			p.at++
			return out, nil
		}
		v, err := p.value(nested + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (p *pdfParser) dict(nested int) (any, error) {
	out := pdfDict{}
	for {
		p.skip()
		if strings.HasPrefix(p.text[p.at:], ">>") {
			p.at += 2
			return out, nil
		}
		if p.at >= len(p.text) || p.text[p.at] != '/' {
			return nil, errPDF
		}
		p.at++
		key := p.name()
		v, err := p.value(nested + 1)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
}

// stream adds to a dictionary the bytes that follow it, if any do.
func (p *pdfParser) stream(v any) any {
	d, ok := v.(pdfDict)
	if !ok {
		return v
	}
	back := p.at
	p.skip()
	if !strings.HasPrefix(p.text[p.at:], "stream") {
		p.at = back
		return v
	}
	p.at += len("stream")
	if strings.HasPrefix(p.text[p.at:], "\r\n") {
		p.at += 2
	} else if p.at < len(p.text) && (p.text[p.at] == '\n' || p.text[p.at] == '\r') {
		p.at++
	}
	from, to := p.at, -1
	if n, ok := d["Length"].(pdfNumber); ok {
		if rest, size := lastNumber(string(n)); rest == "" && size >= 0 && from+size <= len(p.text) &&
			strings.HasPrefix(strings.TrimLeft(p.text[from+size:min(len(p.text), from+size+32)], blanks), "endstream") {
			to = from + size
		}
	}
	if to < 0 {
		end := strings.Index(p.text[from:], "endstream")
		if end < 0 {
			p.at = len(p.text)
			return v
		}
		to = from + end
		if strings.HasSuffix(p.text[from:to], "\r\n") {
			to -= 2
		} else if to > from && (p.text[to-1] == '\n' || p.text[to-1] == '\r') {
			to--
		}
	}
	p.at = to
	if from < to {
		p.f.streams = append(p.f.streams, span{from, to})
	}
	return pdfStream{dict: d, raw: []byte(p.text[from:to])}
}
