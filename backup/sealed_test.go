package backup

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func sealed(t testing.TB, key PublicKey, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := key.seal(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(key PrivateKey, file []byte) ([]byte, error) {
	in, err := key.open(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

func newKey(t testing.TB) PrivateKey {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A file of any length opens with its key, and with no other.
func TestSealedOpens(t *testing.T) {
	key, other := newKey(t), newKey(t)
	for _, n := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, 3*pieceSize + 17} {
		plain := bytes.Repeat([]byte("quoin "), n/6+1)[:n]
		file := sealed(t, key.Public(), plain)
		if bytes.Contains(file, []byte("quoin")) {
			t.Errorf("%d bytes: the file can be read", n)
		}
		if got, err := opened(key, file); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: opened to %d, %v", n, len(got), err)
		}
		if _, err := opened(other, file); !errors.Is(err, ErrOpen) {
			t.Errorf("%d bytes: another key opens it: %v", n, err)
		}
	}
}

// A file that was changed at any place, cut anywhere, put together in another
// order or made longer does not open to the end.
func TestChangedFileDoesNotOpen(t *testing.T) {
	key := newKey(t)
	plain := bytes.Repeat([]byte{7}, 2*pieceSize+5)
	file := sealed(t, key.Public(), plain)
	begin := len(fileHead) + encLen
	piece := 4 + pieceMost
	swapped := bytes.Clone(file)
	copy(swapped[begin:], file[begin+piece:begin+2*piece])
	copy(swapped[begin+piece:], file[begin:begin+piece])
	changed := map[string][]byte{
		"one more byte": append(bytes.Clone(file), 0), "pieces in another order": swapped,
		"a piece left out": append(bytes.Clone(file[:begin]), file[begin+piece:]...),
		"without its end":  file[:begin+2*piece], "nothing": nil,
	}
	for _, at := range []int{0, len(fileHead) - 1, len(fileHead), begin - 1, begin, begin + 3, begin + 4, begin + piece - 1, begin + piece, len(file) - 1} {
		flipped := bytes.Clone(file)
		flipped[at] ^= 1
		changed[string(rune('a'+len(changed)))+" flipped"] = flipped
		changed[string(rune('a'+len(changed)))+" cut"] = file[:at]
	}
	for name, c := range changed {
		if _, err := opened(key, c); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A key is read as it was written, a private one is never printed, and one is
// not taken for the other.
func TestKeyTexts(t *testing.T) {
	key := newKey(t)
	private, err := key.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParsePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublicKey(again.Public().Text())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened(again, sealed(t, public, []byte("Ada"))); err != nil || string(got) != "Ada" {
		t.Errorf("what one sealed the other opens as %q, %v", got, err)
	}
	for _, text := range []string{"", "Ada", key.Public().Text(), private[:len(private)-9], privately + "AAAA"} {
		if _, err := ParsePrivateKey(text); !errors.Is(err, ErrKey) {
			t.Errorf("%.40q is taken for a private key", text)
		}
	}
	if _, err := ParsePublicKey(private); !errors.Is(err, ErrKey) {
		t.Error("a private key is taken for a public one")
	}
	if key.String() != "(withheld)" || key.GoString() != "(withheld)" {
		t.Error("a private key prints")
	}
}

// Whatever bytes come, they open to what was sealed or to an error, within the
// memory of a few pieces.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	f.Add(sealed(f, key.Public(), []byte("Ada")))
	f.Add([]byte(fileHead))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		if got, err := opened(key, file); err == nil && len(got) > len(file) {
			t.Errorf("%d bytes open to %d", len(file), len(got))
		}
	})
}
