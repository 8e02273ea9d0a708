package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// StaticPrefix is where Static has to be mounted.
const StaticPrefix = "/static/"

//go:embed static
var files embed.FS

// asset is one file as browsers get it.
type asset struct {
	address string // with a hash of the content in its name
	kind    string // media type
	plain   []byte
	zipped  []byte
}

// source is one embedded file before it is packed.
type source struct {
	name, kind string
	content    []byte
}

// assets are made once from the embedded files: the parts of a style sheet and
// of the scripts are joined in the order of their names. staff.css and staff.js
// are what the pages of staff need besides.
var assets = packed([]source{
	{"app.css", "text/css; charset=utf-8", lean(joined("static/css"))},
	{"staff.css", "text/css; charset=utf-8", lean(joined("static/staff"))},
	{"mark.css", "text/css; charset=utf-8", lean(one("static/mark.css"))},
	{"app.js", "text/javascript; charset=utf-8", lean(joined("static/js"))},
	{"staff.js", "text/javascript; charset=utf-8", lean(joined("static/staffjs"))},
	{"passkey.js", "text/javascript; charset=utf-8", lean(one("static/passkey.js"))},
	{"kept.js", "text/javascript; charset=utf-8", lean(one("static/kept.js"))},
	{"filter.js", "text/javascript; charset=utf-8", lean(one("static/filter.js"))},
	{"goon.js", "text/javascript; charset=utf-8", lean(one("static/goon.js"))},
	{"icon.svg", "image/svg+xml", one("static/icon.svg")},
})

// packed compresses one file after the other by the same packer: a new one for
// each would cost most of a megabyte apiece.
func packed(sources []source) map[string]asset {
	packer, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // the level is a valid one
	out := make(map[string]asset, len(sources))
	for _, s := range sources {
		out[s.name] = s.pack(packer)
	}
	return out
}

func (s source) pack(packer *gzip.Writer) asset {
	sum := sha256.Sum256(s.content)
	ext := path.Ext(s.name)
	var zipped bytes.Buffer
	packer.Reset(&zipped)
	if _, err := packer.Write(s.content); err != nil {
		panic("web: compress " + s.name + ": " + err.Error())
	}
	if err := packer.Close(); err != nil {
		panic("web: compress " + s.name + ": " + err.Error())
	}
	address := StaticPrefix + strings.TrimSuffix(s.name, ext) + "-" + hex.EncodeToString(sum[:8]) + ext
	return asset{address: address, kind: s.kind, plain: s.content, zipped: zipped.Bytes()}
}

func joined(folder string) []byte {
	list, err := fs.Glob(files, folder+"/*")
	if err != nil || len(list) == 0 {
		panic("web: nothing embedded in " + folder)
	}
	var all bytes.Buffer
	for _, name := range list { // Glob sorts
		all.Write(one(name))
		all.WriteByte('\n')
	}
	return all.Bytes()
}

var comments = regexp.MustCompile(`(?s)/\*.*?\*/`)

// lean leaves out what only those read who write the file: comments that stand
// on lines of their own, in a style sheet all, and the space before a line. It
// panics on a text that goes on over the end of a line, whose space would count.
func lean(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(comments.ReplaceAll(text, nil)) {
		if bytes.Count(line, []byte("`"))%2 == 1 {
			panic("web: a text over several lines: " + string(line))
		}
		line = bytes.TrimSpace(line)
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

func one(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic("web: not embedded: " + name)
	}
	return content
}

// Asset returns the address of an embedded file ("app.css", "staff.css",
// "app.js", "staff.js", "passkey.js", "kept.js", "filter.js", "goon.js", "icon.svg"), with a hash of its content in the name. It panics on a name that
// does not exist, so that a slip fails the first test that draws the page.
func Asset(name string) string {
	a, ok := assets[name]
	if !ok {
		panic("web: no such asset: " + name)
	}
	return a.address
}

// Static serves the embedded files below StaticPrefix. They may be kept for a
// year, as another content has another name; all other names are absent.
func Static() http.Handler {
	byAddress := make(map[string]asset, len(assets))
	for _, a := range assets {
		byAddress[a.address] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byAddress[r.URL.Path]
		if !ok {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "There is no such file.", http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
			return
		}
		a.serve(w, r)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The connection is gone when this fails, and nobody is left to tell.
	_, _ = w.Write(body)
}
