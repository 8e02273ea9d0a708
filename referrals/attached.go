package referrals

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"nysreferral/attach"
	"nysreferral/ent"
	"nysreferral/ent/attachment"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// attachedField is the id of the answer that lists the files.
const attachedField = "M2"

// lookFile is the act of the log of who opened a file.
const lookFile = "file"

// maxFiles is how many files a referral may have.
const maxFiles = 10

// aboutFile is what is sealed of a file beside its row: nothing of it is shown to
// anybody but the referrer.
type aboutFile struct {
	Name   string `json:"name,omitempty"`  // as it was called where it came from
	Copy   string `json:"copy"`            // digest of the copy
	Width  int    `json:"width,omitempty"` // of a picture
	Height int    `json:"height,omitempty"`
	Found  string `json:"found,omitempty"` // what the scanner calls it
}

// Places of a file. Each names the blob in which it lies, so that no file opens
// in the place of another.
func originalAt(ref, name string) seal.Place {
	return seal.Place{Table: "attachments", Column: "original", Row: ref + " " + name, Version: 1}
}

func copyAt(ref, name string) seal.Place {
	return seal.Place{Table: "attachments", Column: "copy", Row: ref + " " + name, Version: 1}
}

func aboutFileAt(ref, name string) seal.Place {
	return seal.Place{Table: "attachments", Column: "sealed", Row: ref + " " + name, Version: 1}
}

// readFiles reads the rows of the files that the answers list.
func (f *file) readFiles(ctx context.Context, tx *ent.Tx) error {
	if len(f.answers.Files) == 0 {
		return nil
	}
	var err error
	f.attached, err = tx.Attachment.Query().Where(attachment.ReferralID(f.row.ID)).Order(ent.Asc(attachment.FieldN)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading files: %w", err)
	}
	return nil
}

// rowOf is the row of file n, nil when there is none.
func (f *file) rowOf(n int) *ent.Attachment {
	for _, row := range f.attached {
		if row.N == n {
			return row
		}
	}
	return nil
}

// withStates are the answers with what the rows say of each file now.
func (f *file) withStates() *forms.Referral {
	if len(f.answers.Files) == 0 {
		return f.answers
	}
	out := *f.answers
	out.Files = slices.Clone(out.Files)
	for i := range out.Files {
		out.Files[i].State = forms.FileHeld
		if row := f.rowOf(out.Files[i].Number.N); row != nil {
			out.Files[i].State = forms.FileState(row.Status)
		}
	}
	return &out
}

// withoutStates leaves out of a paper what changes without the answers, so that
// drawing it again gives the same.
func withoutStates(v forms.View) forms.View {
	return withoutIDs(v, attachedField+".state")
}

// withoutIDs leaves questions out of the rows of M2.
func withoutIDs(v forms.View, ids ...string) forms.View {
	v.Parts = slices.Clone(v.Parts)
	for i := range v.Parts {
		if v.Parts[i].Form == "referral" && v.Parts[i].Section == "M" {
			v.Parts[i].Items = withoutRows(v.Parts[i].Items, ids)
		}
	}
	return v
}

func withoutRows(items []forms.Item, ids []string) []forms.Item {
	items = slices.Clone(items)
	for i := range items {
		if items[i].ID != attachedField {
			continue
		}
		var rows [][]forms.Item
		for _, row := range items[i].Rows {
			rows = append(rows, slices.DeleteFunc(slices.Clone(row), func(it forms.Item) bool { return slices.Contains(ids, it.ID) }))
		}
		items[i].Rows = rows
	}
	return items
}

// filesAlone are the files of a receipt: what proves which they are, and no
// words.
func filesAlone(items []forms.Item) []forms.Item {
	items = slices.DeleteFunc(slices.Clone(items), func(it forms.Item) bool { return it.ID != attachedField })
	return withoutRows(items, []string{attachedField + ".text", attachedField + ".state"})
}

// sentFiles leaves out the files that were added after the referral was sent, of
// which its receipt says nothing.
func (f *file) sentFiles(v forms.View) forms.View {
	for _, p := range v.Parts {
		for i := range p.Items {
			if p.Items[i].ID != attachedField {
				continue
			}
			p.Items[i].Rows = slices.DeleteFunc(slices.Clone(p.Items[i].Rows), func(row []forms.Item) bool {
				file := f.rowOf(numberIn(row))
				return file == nil || file.At.After(*f.row.SubmittedAt)
			})
		}
	}
	for i, p := range v.Parts {
		v.Parts[i].Items = slices.DeleteFunc(p.Items, func(it forms.Item) bool { return it.ID == attachedField && len(it.Rows) == 0 })
	}
	v.Parts = slices.DeleteFunc(v.Parts, func(p forms.Part) bool { return len(p.Items) == 0 })
	return v
}

// numberIn is the number of a file in its row, 0 when it is not shown.
func numberIn(row []forms.Item) int {
	for _, it := range row {
		if it.ID == attachedField+".number" {
			n, _ := it.Value.(int)
			return n
		}
	}
	return 0
}

// Opened is the copy of a file, to be given to who may see it.
type Opened struct {
	Name  string // tells nothing
	Media string
	Bytes []byte
}

// File opens the copy of file n of the referral ref for who may see it; the
// original is given to nobody. It is a line in the log. A file that was not
// scanned, or in which harm was found, is fault.Forbidden.
func (s *Service) File(ctx context.Context, who workflow.Actor, ref string, n int) (Opened, error) {
	var row *ent.Attachment
	var f *file
	var format attach.Kind
	err := s.do(ctx, who, lookFile, ref, func(ctx context.Context, tx *ent.Tx) error {
		var look sight
		var err error
		if f, look, err = s.visible(ctx, tx, who, ref); err != nil {
			return err
		}
		seen := seenFile(s.view(f, look, nil), n)
		if row = f.rowOf(n); seen == "" || row == nil || s.Files == nil {
			return fault.Absent()
		}
		format = attach.Kind(seen)
		switch forms.FileState(row.Status) {
		case forms.FileClean:
		case forms.FileHarmful:
			return fault.New(fault.Forbidden, "Something harmful was found in this file, so nobody can open it.")
		default:
			return fault.New(fault.Forbidden, "This file was not scanned for viruses yet, so nobody can open it. Try again later.")
		}
		l := s.line(who, lookFile, f.row.Ref)
		l.Reason = "file " + strconv.Itoa(n)
		return s.record(ctx, tx, l)
	})
	if err != nil {
		return Opened{}, err
	}
	sealed, err := s.Files.Read(ctx, row.Copy, row.Size)
	if err != nil {
		return Opened{}, fault.Wrap(fault.Unavailable, "This file cannot be fetched at the moment. Try again later; if it goes on, tell whoever runs this system.", fmt.Errorf("referrals: reading a file: %w", err))
	}
	plain, err := f.key.Open(sealed, copyAt(f.row.Ref, row.Copy))
	if err != nil {
		return Opened{}, fmt.Errorf("referrals: opening a file: %w", err)
	}
	return Opened{Name: "file-" + strconv.Itoa(n) + format.Ending(), Media: format.Media(), Bytes: plain}, nil
}

// seenFile is the format of file n as the view shows it, "" when it does not.
func seenFile(v forms.View, n int) string {
	it := v.Item("files")
	if it == nil {
		return ""
	}
	for _, row := range it.Rows {
		for _, sub := range row {
			if format, ok := sub.Value.(string); ok && sub.ID == attachedField+".format" && numberIn(row) == n {
				return format
			}
		}
	}
	return ""
}

// Scans reports whether files are scanned here, and so can be opened once they
// were.
func (s *Service) Scans() bool { return s.Scanner != nil }

// TakesFiles reports whether files can be added here.
func (s *Service) TakesFiles() bool { return s.Files != nil && s.Taker != nil }

// FilePolicy is the Content-Security-Policy of a file: nothing in it may act,
// fetch or be framed, even where a program draws it against what is said.
const FilePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
