package attach

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// sniff finds out what b is. The name and the type that a browser told are
// never asked: only the bytes count, and each kind is read whole afterwards.
func sniff(b []byte) (Kind, error) {
	switch {
	case len(b) == 0:
		return "", refuse("The file is empty. Choose a file that has something in it.")
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return JPEG, nil
	case bytes.HasPrefix(b, []byte(pngMagic)):
		return PNG, nil
	}
	for _, s := range strangers {
		if len(b) >= s.at+len(s.magic) && string(b[s.at:s.at+len(s.magic)]) == s.magic {
			return "", refuse(s.say)
		}
	}
	if _, ok := decodeText(b); ok {
		return Text, nil
	}
	return "", refuse(otherKind)
}

// What is said of kinds that are known and not taken.
const (
	otherKind = "This kind of file cannot be taken. Add a PDF, a JPEG or PNG picture, or a plain text file; print anything else to a PDF first."
	sayHEIC   = "This is a HEIC photo, which cannot be taken. On the phone choose “Most compatible” in the camera's formats, or share the photo as JPEG, and add that."
	sayPacked = "This is a packed folder or an office file. Unpack it, save or print each document as a PDF, and add those one by one."
	sayOffice = "This is an office file. Save or print it as a PDF, and add that."
	sayImage  = "This kind of picture cannot be taken. Save it as JPEG or PNG, and add that."
	sayRuns   = "This is a program or a script, which cannot be taken. Add a PDF, a JPEG or PNG picture, or a plain text file."
	sayPage   = "This is a web page or a drawing for one. Print it to a PDF, and add that."
)

// strangers are the beginnings of kinds that people try.
var strangers = []struct {
	at    int
	magic string
	say   string
}{
	{4, "ftypheic", sayHEIC}, {4, "ftypheix", sayHEIC}, {4, "ftyphevc", sayHEIC}, {4, "ftypheim", sayHEIC}, {4, "ftypmif1", sayHEIC}, {4, "ftypmsf1", sayHEIC}, {4, "ftypavif", sayImage},
	{0, "PK\x03\x04", sayPacked}, {0, "PK\x05\x06", sayPacked}, {0, "PK\x07\x08", sayPacked}, {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", sayOffice}, {0, "{\\rtf", sayOffice},
	{0, "Rar!\x1a\x07", sayPacked}, {0, "7z\xbc\xaf\x27\x1c", sayPacked}, {0, "\x1f\x8b", sayPacked}, {0, "BZh", sayPacked}, {0, "\xfd7zXZ\x00", sayPacked},
	{0, "\x28\xb5\x2f\xfd", sayPacked}, {257, "ustar", sayPacked}, {0, "GIF87a", sayImage}, {0, "GIF89a", sayImage}, {8, "WEBP", sayImage}, {0, "II*\x00", sayImage},
	{0, "MM\x00*", sayImage}, {0, "BM", sayImage}, {0, "\x00\x00\x01\x00", sayImage}, {0, "MZ", sayRuns}, {0, "\x7fELF", sayRuns}, {0, "#!", sayRuns},
	{0, "\xca\xfe\xba\xbe", sayRuns}, {0, "%!PS", otherKind}, {0, "\x00asm", sayRuns},
}

// decodeText returns b as text, when it is UTF-8, or UTF-16 that says so, without
// characters that no text has.
func decodeText(b []byte) (string, bool) {
	var text string
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		if len(b)%2 != 0 {
			return "", false
		}
		units := make([]uint16, 0, len(b)/2-1)
		for i := 2; i < len(b); i += 2 {
			u := uint16(b[i]) | uint16(b[i+1])<<8
			if b[0] == 0xfe {
				u = u<<8 | u>>8
			}
			units = append(units, u)
		}
		text = string(utf16.Decode(units))
	default:
		text = string(bytes.TrimPrefix(b, []byte{0xef, 0xbb, 0xbf}))
	}
	if !utf8.ValidString(text) || text == "" {
		return "", false
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7f || r == utf8.RuneError {
			return "", false
		}
	}
	return text, true
}

// tags betray a page that calls itself a text.
var tags = [][]byte{[]byte("<!doctype"), []byte("<html"), []byte("<svg"), []byte("<script"), []byte("<iframe"), []byte("<object"), []byte("<embed"), []byte("<?xml"), []byte("<?php")}

// plainText returns the copy of a text: the same words, in UTF-8.
func plainText(b []byte) ([]byte, error) {
	text, ok := decodeText(b)
	if !ok {
		return nil, refuse(otherKind)
	}
	copied := []byte(text)
	low := bytes.ToLower(copied)
	if trimmed := bytes.TrimSpace(low); len(trimmed) > 1 && trimmed[0] == '<' && (trimmed[1] >= 'a' && trimmed[1] <= 'z' || trimmed[1] == '!' || trimmed[1] == '?') {
		return nil, refuse(sayPage)
	}
	if bytes.Contains(low[:min(len(low), 1024)], []byte("%pdf-")) {
		return nil, refuse(otherKind) // some programs would read it as a PDF
	}
	for _, tag := range tags {
		if bytes.Contains(low, tag) {
			return nil, refuse(sayPage)
		}
	}
	return copied, nil
}
