package referrals_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/blob"
	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/attachment"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// A file goes from the form to the packet: only its author adds it; the State
// sees it once the referral is sent, and opens it once it was scanned; OTDA by
// its kind; a recipient what was ticked, once it has accepted. To everybody else
// it is absent, and each look is a line.
func TestFileFromFormToPacket(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		_, scans := withFiles(t, s)
		ctx, author := t.Context(), demo.Referrers[1]
		draft := draftWith(t, s, 1)
		for _, who := range []string{"reviewer", "program", "coordinator", "administrator", "auditor", demo.Referrers[9]} {
			if _, err := s.Door.Attach(ctx, s.As(who), draft.Ref, note("other", "words", "")); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s adds to somebody's draft: %v", who, err)
			}
		}
		mustAttach(t, s, author, draft.Ref, note("police_report", "what happened", "no"))
		seen := mustAttach(t, s, author, draft.Ref, note("consent", "the consent", "yes"))
		if _, err := s.Door.Attach(ctx, s.As(author), draft.Ref, note("other", "the consent", "")); !strings.Contains(errText(err), "added already") {
			t.Errorf("the same file twice: %v", err)
		}
		if got := states(open(t, s, author, draft.Ref)); len(got) != 2 || got[1] != "held" || got[2] != "held" {
			t.Errorf("the draft shows %v", got)
		}
		if _, err := s.Door.Submit(ctx, s.As(author), seen, "k"); err != nil {
			t.Fatalf("a scanner that is down keeps a referral from being sent: %v", err)
		}
		if err := scanAll(t, s, draft.Ref); err == nil {
			t.Error("nobody scanned, and the job does not say so")
		}
		for _, who := range []string{author, "reviewer"} {
			if _, err := s.Door.File(ctx, s.As(who), draft.Ref, 1); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s opens a file that was not scanned: %v", who, err)
			}
		}
		scans.down = false
		if err := errors.Join(scanAll(t, s, draft.Ref), scanAll(t, s, draft.Ref)); err != nil { // a job may run twice
			t.Fatal(err)
		}
		wantFile(t, s, draft.Ref, map[string][]bool{author: {true, true}, "reviewer": {true, true}, "program": {false, true}, "coordinator": {false, false}, "auditor": {false, false}, demo.Referrers[9]: {false, false}})
		take(t, s, draft.Ref, append(append([]demo.Step{}, demo.ToDecision...), demo.Confirm, demo.Step{Who: "program", Do: workflow.Send, N: 1})...)
		recipient := recipientOf(t, s, draft.Ref)
		wantFile(t, s, draft.Ref, map[string][]bool{recipient: {false, false}})
		take(t, s, draft.Ref, demo.Step{Who: recipient, Do: workflow.Accept, N: 1})
		wantFile(t, s, draft.Ref, map[string][]bool{recipient: {false, true}})
		packet, err := s.Door.Paper(ctx, s.As(recipient), draft.Ref, referrals.PaperPacket, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := states(referrals.Record{View: packet.View}); len(got) != 1 || got[2] != "" {
			t.Errorf("the packet lists %v", got)
		}
		receipt, err := s.Door.Paper(ctx, s.As(author), draft.Ref, referrals.PaperReceipt, 0)
		if err != nil {
			t.Fatal(err)
		}
		if it := receipt.View.Item("files"); it == nil || len(it.Rows) != 2 || receipt.View.Item("files.0.digest") == nil || receipt.View.Item("files.0.text") != nil {
			t.Errorf("the receipt lists %+v", it)
		}
		take(t, s, draft.Ref, demo.Step{Who: author, Do: workflow.Withdraw})
		wantFile(t, s, draft.Ref, map[string][]bool{recipient: {false, false}})
		if lines := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("file"), auditentry.Outcome("done")).CountX(viewer.Job(ctx, "test")); lines != 6 {
			t.Errorf("%d lines of looks at files", lines)
		}
	})
}

// A file in which harm is found is never opened by anybody: its copy goes, the
// sealed original stays, and its referrer is told.
func TestHarmfulFile(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		folder, scans := withFiles(t, s)
		scans.down = false
		author := demo.Referrers[1]
		draft := draftWith(t, s, 1)
		mustAttach(t, s, author, draft.Ref, note("other", "EICAR", "yes"))
		if err := scanAll(t, s, draft.Ref); err != nil {
			t.Fatal(err)
		}
		if got := states(open(t, s, author, draft.Ref)); got[1] != "harmful" {
			t.Errorf("the referrer reads %v", got)
		}
		if _, err := s.Door.File(t.Context(), s.As(author), draft.Ref, 1); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "armful") {
			t.Errorf("it is opened: %v", err)
		}
		row := s.DB.Read().Attachment.Query().OnlyX(viewer.Job(t.Context(), "test"))
		if err := s.Door.DropBlobs(t.Context(), referrals.DropBlobs{Names: []string{row.Copy}}); err != nil {
			t.Fatal(err)
		}
		if got := inFolder(t, folder); !slices.Equal(got, []string{row.Original}) {
			t.Errorf("%v is left", got)
		}
	})
}

// The original lies sealed as it came, bound to its row: under another name, as
// another column or for another referral it does not open. The copy is without
// what the picture carried, and nothing of either or of its name lies in clear.
func TestFilesLieSealed(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		folder, _ := withFiles(t, s)
		draft := draftWith(t, s, 1)
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
			t.Fatal(err)
		}
		a := note("other", "", "")
		a.From = bytes.NewReader(picture.Bytes())
		mustAttach(t, s, demo.Referrers[1], draft.Ref, a)
		row := s.DB.Read().Attachment.Query().WithReferral().OnlyX(viewer.Job(t.Context(), "test"))
		key, err := s.Ring.Key(row.Edges.Referral.DataKey, draft.Ref)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := os.ReadFile(filepath.Join(folder, row.Original))
		if err != nil {
			t.Fatal(err)
		}
		at := seal.Place{Table: "attachments", Column: "original", Row: draft.Ref + " " + row.Original, Version: 1}
		if got, err := key.Open(sealed, at); err != nil || !bytes.Equal(got, picture.Bytes()) {
			t.Errorf("the original is not as it came: %v", err)
		}
		for _, wrong := range []seal.Place{{Table: at.Table, Column: "copy", Row: at.Row, Version: 1}, {Table: at.Table, Column: at.Column, Row: draft.Ref + " " + row.Copy, Version: 1}} {
			if _, err := key.Open(sealed, wrong); err == nil {
				t.Errorf("it opens at %+v", wrong)
			}
		}
		for _, name := range inFolder(t, folder) {
			text, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte("PNG")) || bytes.Contains(text, []byte("IHDR")) {
				t.Errorf("%s lies in clear", name)
			}
		}
		if bytes.Contains(row.Sealed, []byte("Maria")) {
			t.Error("the name lies in clear")
		}
		rec, err := s.Door.Open(t.Context(), s.As(demo.Referrers[1]), draft.Ref, referrals.Want{Files: true})
		if err != nil || rec.FileNames[1] != "Maria at the safe house.txt" {
			t.Errorf("the referrer reads %v %v", rec.FileNames, err)
		}
	})
}

// What is wrong with a file, too many of them, and an agency without room are
// said at the file, and nothing is kept, in the folder neither.
func TestFilesThatAreRefused(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		folder, _ := withFiles(t, s)
		ctx, author := t.Context(), s.As(demo.Referrers[1])
		draft := draftWith(t, s, 1)
		if _, err := s.Door.Attach(ctx, author, draft.Ref, note("other", "PK\x03\x04zip", "")); !strings.Contains(errText(err), "packed") {
			t.Errorf("a zip: %v", err)
		}
		s.Door.Options.AgencyFiles = 40
		if _, err := s.Door.Attach(ctx, author, draft.Ref, note("other", "words", "")); !strings.Contains(errText(err), "no room") {
			t.Errorf("no room: %v", err)
		}
		if left := inFolder(t, folder); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
		s.Door.Options.AgencyFiles = 0
		for i := range 10 {
			mustAttach(t, s, demo.Referrers[1], draft.Ref, note("other", strings.Repeat("words ", i+1), ""))
		}
		if _, err := s.Door.Attach(ctx, author, draft.Ref, note("other", "one more", "")); !strings.Contains(errText(err), "10 files") {
			t.Errorf("one more: %v", err)
		}
	})
}

// A file that is added to what was sent is a version of its own with its own
// digest; it is not taken out again. A page or a program that saves the answers
// does not lose or make files.
func TestFilesAfterSending(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		withFiles(t, s)
		ctx, who := t.Context(), demo.Referrers[1]
		draft := draftWith(t, s, 1)
		seen := mustAttach(t, s, who, draft.Ref, note("other", "first", ""))
		seen, err := s.Door.Edit(ctx, s.As(who), seen, func(r *forms.Referral) forms.Problems {
			r.Files = []forms.Attached{{Digest: "made up"}, {}}
			return nil
		})
		if err != nil || len(open(t, s, who, draft.Ref).Answers.Files) != 1 {
			t.Fatalf("saving changed the files: %v", err)
		}
		sent, err := s.Door.Submit(ctx, s.As(who), seen, "k")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Door.Detach(ctx, s.As(who), draft.Ref, 1); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("what was sent is taken out: %v", err)
		}
		mustAttach(t, s, who, draft.Ref, note("court_letter", "second", ""))
		rec := open(t, s, "reviewer", draft.Ref)
		if got := states(rec); len(got) != 2 || rec.Digest == sent.Digest || rec.SentDigest != sent.Digest {
			t.Errorf("%v, digest %s", got, rec.Digest)
		}
		if len(rec.View.Revisions) != 1 || len(rec.View.Revisions[0].Changes) != 1 || rec.View.Revisions[0].Changes[0].ID != "M2" {
			t.Errorf("the reviewer reads %+v", rec.View.Revisions)
		}
	})
}

// Taking a file out, discarding a draft and destroying a key take the bytes away
// too; and what no row knows of is swept up once it is old.
func TestFilesEnd(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		folder, _ := withFiles(t, s)
		ctx, who := t.Context(), demo.Referrers[1]
		draft := draftWith(t, s, 1)
		mustAttach(t, s, who, draft.Ref, note("other", "first", ""))
		if err := s.Door.Detach(ctx, s.As("reviewer"), draft.Ref, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger takes it out: %v", err)
		}
		if err := s.Door.Detach(ctx, s.As(who), draft.Ref, 1); err != nil {
			t.Fatal(err)
		}
		seen := mustAttach(t, s, who, draft.Ref, note("other", "second", ""))
		if err := s.Door.Discard(ctx, s.As(who), seen); err != nil {
			t.Fatal(err)
		}
		if n := s.DB.Read().Attachment.Query().CountX(viewer.Job(ctx, "test")); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if n := runDrops(t, s); n != 2 || len(inFolder(t, folder)) > 0 {
			t.Errorf("%d jobs, %v is left", n, inFolder(t, folder))
		}
		orphan := blob.Name()
		kept := mustAttach(t, s, who, draftWith(t, s, 1).Ref, note("other", "third", ""))
		if err := s.Door.Files.Put(ctx, orphan, []byte("sealed")); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Door.SweepFiles(ctx, time.Now()); err != nil || n != 0 {
			t.Errorf("what is young is swept: %d %v", n, err)
		}
		then := time.Now().Add(-2 * time.Hour)
		for _, name := range inFolder(t, folder) {
			if err := os.Chtimes(filepath.Join(folder, name), then, then); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Door.SweepFiles(ctx, time.Now()); err != nil || n != 1 || slices.Contains(inFolder(t, folder), orphan) {
			t.Errorf("%d swept: %v", n, err)
		}
		row := s.DB.Read().Attachment.Query().WithReferral().OnlyX(viewer.Job(ctx, "test"))
		if row.Edges.Referral.Ref != kept.Ref || len(inFolder(t, folder)) != 2 {
			t.Errorf("a file that is wanted was swept")
		}
	})
}

// A file whose upload ends before its row is committed is no file: nobody sees
// it, and its bytes are taken away.
func TestFileWithoutARow(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		folder, _ := withFiles(t, s)
		draft := draftWith(t, s, 1)
		who := s.As(demo.Referrers[1])
		a := note("other", "", "")
		a.From = sends{"words", func() {
			if err := s.Door.Discard(t.Context(), who, draft); err != nil {
				t.Error(err)
			}
		}}
		if _, err := s.Door.Attach(t.Context(), who, draft.Ref, a); fault.KindOf(err) != fault.NotFound {
			t.Errorf("it was added to a draft that is gone: %v", err)
		}
		if left := inFolder(t, folder); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
	})
}

// Files that waited because no scanner answered are scanned when one does.
func TestHeldFilesAreScannedLater(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		_, scans := withFiles(t, s)
		draft := draftWith(t, s, 1)
		mustAttach(t, s, demo.Referrers[1], draft.Ref, note("other", "words", ""))
		s.Clock.Set(cases.Load(1).Now.Add(time.Hour))
		if _, err := s.Door.ScanHeld(t.Context()); err == nil {
			t.Error("nobody answered, and nothing says so")
		}
		scans.down = false
		if n, err := s.Door.ScanHeld(t.Context()); err != nil || n != 1 {
			t.Errorf("%d %v", n, err)
		}
		row := s.DB.Read().Attachment.Query().Order(ent.Asc(attachment.FieldID)).OnlyX(viewer.Job(t.Context(), "test"))
		if row.Status != "clean" || row.ScannedAt == nil {
			t.Errorf("%s %v", row.Status, row.ScannedAt)
		}
	})
}
