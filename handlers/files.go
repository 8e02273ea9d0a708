package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// filesPath is the page of the files of a referral, and where one is sent to.
const filesPath = "/referrals/:ref/files"

// apiFilesPath is where a program sends one to.
const apiFilesPath = "/api/v1/referrals/:ref/files"

// inputFile is the name of the file among what is sent.
const inputFile = "file"

// uploadWait is the longest time for a file to come in, over a bad line.
const uploadWait = 3 * time.Minute

func (c *call) isUpload() bool {
	return c.Path() == filesPath && c.Request().Method == http.MethodPost
}

// bounds are how long a body may be and how long an answer may take: more where a
// file is sent, of which no more than the limit of a file is ever held. What
// goes beyond it is read and thrown away, so that the page can say so.
func (s *server) bounds(c echo.Context) (limit int64, wait time.Duration) {
	file := s.Settings.file()
	switch {
	case c.Request().Method != http.MethodPost:
	case c.Path() == filesPath:
		return 4*file + s.Settings.body(), uploadWait
	case c.Path() == apiFilesPath:
		return file + s.Settings.body(), uploadWait
	}
	return s.Settings.body(), s.Settings.wait()
}

func (s Settings) file() int64 {
	if s.File <= 0 {
		return 10 << 20
	}
	return s.File
}

// Bounds of what stands beside a file in an upload.
const (
	maxParts = 20
	maxPart  = 8 << 10
)

// readParts reads the fields of an upload, up to the file, which a handler reads
// when everything else is known to be right. Nothing goes to a disk on the way.
func (c *call) readParts() error {
	c.in = url.Values{}
	r, err := c.Request().MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return nil // without a file, and without the token that it wants
	}
	for n := 0; err == nil; n++ {
		part, failed := r.NextRawPart()
		if errors.Is(failed, io.EOF) {
			return nil
		}
		if failed != nil {
			err = failed
			break
		}
		if part.FormName() == inputFile {
			c.part = part
			return nil
		}
		text, failed := io.ReadAll(io.LimitReader(part, maxPart+1))
		if failed != nil {
			err = failed
			break
		}
		if len(text) > maxPart || n >= maxParts {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		c.in.Add(part.FormName(), string(text))
	}
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}

// files shows the files of a referral to whoever sees any, and lets its referrer
// add one.
func (s *server) files(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return s.drawFiles(c, ref, nil, nil)
}

func (s *server) drawFiles(c *call, ref string, typed url.Values, bad forms.Problems) error {
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{Files: true})
	if err != nil {
		return err
	}
	lines := fileLines(rec)
	may := s.mayAdd(c, rec)
	if len(lines) == 0 && !may && c.who.Duty != workflow.Referrer {
		return fault.Absent()
	}
	p := c.page("Files")
	p.Back, p.ErrorTitle = &web.Link{Label: "The referral", Href: refPath(rec.Reference)}, len(bad) > 0
	v := web.Files{Reference: rec.Reference, Lines: lines, Scans: s.Referrals.Scans()}
	if may {
		v.Form = s.fileForm(rec, p.CSRF, typed, bad)
	}
	for i := range v.Lines {
		if rec.Status == workflow.Draft && may {
			n := strconv.Itoa(v.Lines[i].N)
			v.Lines[i].Remove = &web.SmallForm{Action: refPath(rec.Reference, "files", n, "remove"), CSRF: p.CSRF,
				Buttons: []web.Button{{Label: "Remove", Look: web.ButtonSecond, Hint: "(file " + n + ")"}}}
		}
	}
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.show(status, web.FilesPage(p, v))
}

// mayAdd reports whether who looks at the record can add a file to it now.
func (s *server) mayAdd(c *call, rec referrals.Record) bool {
	if c.who.Duty != workflow.Referrer || !s.Referrals.TakesFiles() {
		return false
	}
	return slices.ContainsFunc(rec.Offers, func(o workflow.Offer) bool { return o.Do == workflow.Save || o.Do == workflow.Add })
}

// fileLines are the files as the view shows them.
func fileLines(rec referrals.Record) []web.FileLine {
	it := rec.View.Item("files")
	if it == nil {
		return nil
	}
	var out []web.FileLine
	for _, row := range it.Rows {
		var l web.FileLine
		for _, sub := range row {
			code, _ := sub.Value.(string)
			switch sub.Name {
			case "number":
				l.N, _ = sub.Value.(int)
				continue
			case "state":
				l.State, l.Says = web.FileTag(code), strings.Join(sub.Text, "")
				if code == string(forms.FileClean) {
					l.Open = refPath(rec.Reference, "files", strconv.Itoa(l.N))
				}
				continue
			case "size":
				n, _ := sub.Value.(int)
				l.Rows = append(l.Rows, web.Row{Label: "Size", Values: []string{sizeWords(n)}})
				continue
			}
			l.Rows = append(l.Rows, web.Row{Label: sub.Label, Values: web.Lines(sub)})
		}
		if name := rec.FileNames[l.N]; name != "" {
			l.Rows = append(l.Rows, web.Row{Label: "Its name where you had it", Values: []string{name}})
		}
		out = append(out, l)
	}
	return out
}

// sizeWords is a size as people read it.
func sizeWords(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return strconv.Itoa(n>>10) + " KB"
	}
	return strconv.Itoa(n) + " bytes"
}

// fileForm asks for one file.
func (s *server) fileForm(rec referrals.Record, csrf string, typed url.Values, bad forms.Problems) *web.FileForm {
	out := &web.FileForm{Action: refPath(rec.Reference, "files"), CSRF: csrf, Name: inputFile, Wrong: bad.Of(inputFile),
		Hint: fmt.Sprintf("A PDF, a JPEG or PNG picture, or a plain text, of at most %d MB; ten files in all.", s.Settings.file()>>20)}
	for _, f := range forms.AttachedFields() {
		one := field(web.KindText, f.Name, f.Label)
		one.Hint, one.Max, one.Value, one.Error = f.Hint, f.Max, typed.Get(f.Name), bad.Of(f.Name)
		if f.Kind == forms.KindChoice {
			one.Kind, one.Options = web.KindChoice, optionsOf(f)
		}
		one.Required = f.ID == "M2.kind"
		one.Optional = !one.Required
		out.Fields = append(out.Fields, one)
	}
	for _, p := range bad {
		out.Problems = append(out.Problems, web.Problem{ID: p.Field, Text: p.Message})
	}
	return out
}

// addFile takes one file in. What was typed beside one that is refused comes back.
func (s *server) addFile(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	said, bad := forms.DecodeAttached(c.form())
	if c.part == nil {
		bad = append(bad, forms.Problem{ID: "M2", Field: inputFile, Message: "Choose a file."})
	}
	if len(bad) == 0 {
		c.takeTime()
		_, name, _ := mime.ParseMediaType(c.part.Header.Get("Content-Disposition"))
		_, err = s.Referrals.Attach(c.ctx(), c.who, ref, referrals.Attaching{Kind: said.Kind, Text: said.Text, Others: said.Others, PassOn: said.PassOn,
			Name: name["filename"], From: c.part})
		var more forms.Problems
		if errors.As(err, &more) {
			bad, err = more, nil
		}
	}
	if err != nil || len(bad) > 0 {
		c.readRest() // a browser shows the page only when what it sends is read
	}
	switch {
	case err != nil:
		return err
	case len(bad) > 0:
		return s.drawFiles(c, ref, c.form(), bad)
	}
	c.flash(web.BoxSuccess, "The file was added.")
	return c.to("/referrals", ref, "files")
}

// takeTime gives an upload of somebody who is signed in the time that it needs.
func (c *call) takeTime() {
	control, until := http.NewResponseController(c.Response()), time.Now().Add(uploadWait)
	// Where a time cannot be set, the shorter one of every request holds.
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until.Add(time.Minute))
}

func (c *call) readRest() { _, _ = io.Copy(io.Discard, c.Request().Body) }

// removeFile takes a file out of a draft.
func (s *server) removeFile(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	n, err := c.n()
	if err != nil {
		return err
	}
	if err := s.Referrals.Detach(c.ctx(), c.who, ref, n); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "The file was removed.")
	return c.to("/referrals", ref, "files")
}

// fileOf gives the copy of a file to be kept, never to be run: its type is said,
// its name tells nothing, and nothing in it may act should a browser draw it.
func (s *server) fileOf(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	n, err := c.n()
	if err != nil {
		return err
	}
	got, err := s.Referrals.File(c.ctx(), c.who, ref, n)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", referrals.FilePolicy)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+got.Name+`"`)
	return c.Blob(http.StatusOK, got.Media, got.Bytes)
}

// harmfulFile is the address of the files, when harm was found in one.
func harmfulFile(rec referrals.Record) string {
	for _, l := range fileLines(rec) {
		if l.State == web.FileTag(string(forms.FileHarmful)) {
			return refPath(rec.Reference, "files")
		}
	}
	return ""
}

// filesLink leads to the files, where the reader sees any or can add one.
func filesLink(rec referrals.Record) []web.Link {
	it := rec.View.Item("files")
	if it == nil {
		return nil
	}
	return []web.Link{{Label: "Files of the referrer (" + strconv.Itoa(len(it.Rows)) + ")", Href: refPath(rec.Reference, "files")}}
}
