package mail

import (
	"errors"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// A head of the log arrives as it was signed, under a subject that is always the
// same; what is none is not sent; to see whether the server answers sends nothing.
func TestSendHead(t *testing.T) {
	const head = "nysreferral/audit\n600\nAbCd+/=\nsettled 610\ntime 2026-11-22T14:00:00.000000Z\n\n— nysreferral/audit AbCdEf+/0123456789AbCdEf+/0123456789AbCdEf+/0123456789AbCdEf+/0123456789AbCdEf+/==\n"
	s := &server{}
	addr, roots := serve(t, s, true)
	from := sender(t, options(addr, roots))
	for _, wrong := range []string{"", "a\rBcc: x@example.org", strings.Repeat("a", longestHead+1)} {
		if err := from.SendHead(t.Context(), "auditor@example.org", wrong, "1"); !errors.Is(err, ErrHead) {
			t.Errorf("%.20q: %v", wrong, err)
		}
	}
	if err := from.Reach(t.Context()); err != nil || len(s.took) > 0 {
		t.Errorf("reaching: %v, %d mails", err, len(s.took))
	}
	if err := from.SendHead(t.Context(), "auditor@example.org", head, "600"); err != nil {
		t.Fatal(err)
	}
	got, err := mail.ReadMessage(strings.NewReader(s.took[0]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(got.Body))
	if err != nil || !strings.HasSuffix(string(body), strings.ReplaceAll(head, "\n", "\r\n")) || got.Header.Get("Subject") != "A signed head of the log to keep" {
		t.Errorf("%v, %q", err, body)
	}
}

// A server without TLS, another one, a wrong password and nobody are not reached.
func TestReach(t *testing.T) {
	plain, _ := serve(t, &server{}, false)
	stranger, _ := serve(t, &server{}, true)
	addr, roots := serve(t, &server{}, true)
	wrong := options(addr, roots)
	wrong.User, wrong.Password = "desk", "wrong hush"
	for name, o := range map[string]Options{"no TLS": options(plain, nil), "a stranger": options(stranger, nil), "a wrong password": wrong, "nobody": options("127.0.0.1:1", nil)} {
		if err := sender(t, o).Reach(t.Context()); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
