package referrals_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/pdf/pdftest"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workers"
	"nysreferral/workflow"
)

func demanded(demand, tell string) referrals.DisclosureAsked {
	return referrals.DisclosureAsked{Demand: demand, Asker: "Example County Court, Index 12-345", Scope: "All records about the person.", Due: "2026-11-30", Tell: tell,
		TellWords: "By the caseworker, in person."}
}

// prepares begins a disclosure as the reviewer.
func prepares(t *testing.T, s *demo.State, ref string, asked referrals.DisclosureAsked) referrals.Disclosure {
	t.Helper()
	return discloses(t, s, "reviewer", referrals.DisclosureAct{Ref: ref, Do: workflow.PrepareDisclosure, Reason: "The State's counsel asks for it.", Asked: asked})
}

func discloses(t *testing.T, s *demo.State, who string, a referrals.DisclosureAct) referrals.Disclosure {
	t.Helper()
	d, err := s.Door.Disclose(t.Context(), s.As(who), a, workers.Draw)
	if err != nil {
		t.Fatalf("%s, %s: %v", who, a.Do, err)
	}
	return d
}

// on is a step on a disclosure as it stands.
func on(d referrals.Disclosure, do workflow.Action) referrals.DisclosureAct {
	return referrals.DisclosureAct{Ref: d.Reference, N: d.N, Rev: d.Rev, Do: do, Reason: "As counsel says.", Asked: d.Asked}
}

// picked picks the answers of these questions.
func picked(d referrals.Disclosure, pick string, codes ...string) map[string]string {
	out := map[string]string{}
	for _, f := range d.Fields {
		if slices.Contains(codes, f.Code) {
			out[f.Key] = pick
		}
	}
	return out
}

// unzipped are the parts of a package by name.
func unzipped(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Nobody but staff of DCJS knows of disclosures; what is demanded, by whom, by
// what right, by when, why it is answered and how the person learns of it must
// all be said.
func TestDisclosureRefused(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		for _, a := range s.Accounts {
			if a.Duty == workflow.Reviewer || a.Duty == workflow.Director {
				continue
			}
			_, err := s.Door.Disclose(t.Context(), a.Actor, referrals.DisclosureAct{Ref: ref, Do: workflow.PrepareDisclosure, Reason: "because", Asked: demanded("subpoena", "told")}, workers.Draw)
			_, list := s.Door.Disclosures(t.Context(), a.Actor, ref)
			if fault.KindOf(err) != fault.NotFound || fault.KindOf(list) != fault.NotFound {
				t.Errorf("%s: %v, %v", a.Key, err, list)
			}
		}
		whole := demanded("subpoena", "told")
		for field, spoil := range map[string]func(a *referrals.DisclosureAct){
			"demand":    func(a *referrals.DisclosureAct) { a.Asked.Demand = "letter" },
			"asker":     func(a *referrals.DisclosureAct) { a.Asked.Asker = " " },
			"scope":     func(a *referrals.DisclosureAct) { a.Asked.Scope = strings.Repeat("a", 4001) },
			"due":       func(a *referrals.DisclosureAct) { a.Asked.Due = "2026-02-30" },
			"tell":      func(a *referrals.DisclosureAct) { a.Asked.Tell = "" },
			"tellWords": func(a *referrals.DisclosureAct) { a.Asked.TellWords = "" },
			"reason":    func(a *referrals.DisclosureAct) { a.Reason = "" },
		} {
			a := referrals.DisclosureAct{Ref: ref, Do: workflow.PrepareDisclosure, Reason: "because", Asked: whole}
			spoil(&a)
			var bad forms.Problems
			if _, err := s.Door.Disclose(t.Context(), s.As("reviewer"), a, workers.Draw); !errors.As(err, &bad) || bad.Of(field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if n := s.DB.Read().Disclosure.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d were prepared", n)
		}
	})
}

// A package gives by default an index and nothing of the person; for FOIL
// nothing else can be picked at all, for an inspector codes and dates alone, and
// what is masked only for a court.
func TestDisclosureReaches(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		can := map[string][]string{}
		for _, demand := range workflow.Demands {
			d := prepares(t, s, ref, demanded(demand.Code, "told"))
			for _, f := range d.Fields {
				can[demand.Code] = append(can[demand.Code], f.Code)
				if f.Pick != "" {
					t.Errorf("%s is picked from the start", f.Code)
				}
			}
			if len(d.Given.Parts) > 0 || len(d.Index) != 5 {
				t.Errorf("%s gives from the start: %+v", demand.Code, d.Given)
			}
		}
		has := func(demand, code string) bool { return slices.Contains(can[demand], code) }
		if len(can["foil"]) > 0 || has("inspector", "C1") || has("inspector", "G14") || !has("subpoena", "C1") || has("subpoena", "F1") || !has("court_order", "F1") {
			t.Errorf("can be picked: %v", can)
		}
		if len(can["inspector"]) == 0 || len(can["inspector"]) >= len(can["subpoena"]) || len(can["subpoena"]) >= len(can["court_order"]) {
			t.Errorf("%d, %d, %d", len(can["inspector"]), len(can["subpoena"]), len(can["court_order"]))
		}
		d := prepares(t, s, ref, demanded("subpoena", "told"))
		for _, picks := range []map[string]string{{"referral.0:F1": "give"}, {"referral.0:C1": "maybe"}, {"referral.0:none": "give"}} {
			a := on(d, workflow.PickFields)
			a.Picks = picks
			if _, err := s.Door.Disclose(t.Context(), s.As("reviewer"), a, workers.Draw); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%v: %v", picks, err)
			}
		}
	})
}

// Whoever had a hand in a disclosure never approves it, whatever they did, and
// two who approve at once make one package. What moved on since is looked at
// again.
func TestDisclosureNeedsTwo(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		d := discloses(t, s, "director", referrals.DisclosureAct{Ref: ref, Do: workflow.PrepareDisclosure, Reason: "because", Asked: demanded("court_order", "told")})
		d = discloses(t, s, "reviewer", on(d, workflow.ProposeDisclosure))
		approve := func(who string) error {
			_, err := s.Door.Disclose(t.Context(), s.As(who), on(d, workflow.ApproveDisclosure), workers.Draw)
			return err
		}
		for who, want := range map[string]fault.Kind{"director": fault.Forbidden, "reviewer": fault.Forbidden, "second_reviewer": fault.Forbidden, "program": fault.NotFound, "auditor": fault.NotFound} {
			if err := approve(who); fault.KindOf(err) != want {
				t.Errorf("%s approves: %v", who, err)
			}
		}
		if _, err := s.Door.Disclose(t.Context(), s.As("deputy_director"), on(d, workflow.ApproveDisclosure), nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("approved without a paper: %v", err)
		}
		broken := func(context.Context, referrals.Paper) ([]byte, error) { return nil, errors.New("the press broke") }
		if _, err := s.Door.Disclose(t.Context(), s.As("deputy_director"), on(d, workflow.ApproveDisclosure), broken); err == nil {
			t.Error("approved, and nothing was drawn")
		}
		take(t, s, ref, do("second_reviewer", workflow.Take, 0, nil))
		if err := approve("deputy_director"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("approved what moved on: %v", err)
		}
		d = discloses(t, s, "deputy_director", on(d, workflow.SendBack))
		d = discloses(t, s, "reviewer", on(d, workflow.ProposeDisclosure))
		if err := approve("deputy_director"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("approves what they sent back: %v", err)
		}
		if n := s.DB.Read().Document.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d packages", n)
		}
	})
}

// Two who approve at once make one package.
func TestDisclosureOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		d := prepares(t, s, ref, demanded("foil", "nothing_personal"))
		d = discloses(t, s, "reviewer", on(d, workflow.ProposeDisclosure))
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			who := s.As([]string{"director", "deputy_director"}[i%2])
			wait.Go(func() {
				_, errs[i] = s.Door.Disclose(t.Context(), who, on(d, workflow.ApproveDisclosure), workers.Draw)
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
		}
		if n := s.DB.Read().Document.Query().CountX(viewer.Job(t.Context(), "test")); won != 1 || n != 1 {
			t.Errorf("%d approved it, %d packages", won, n)
		}
	})
}

// The package holds what was picked and nothing else of the person: not in the
// paper, not in the manifest. Each part has its digest in the manifest, the
// manifest has its own in the log, and the package never changes; the clock
// ends with it.
func TestDisclosurePackage(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		d := prepares(t, s, ref, demanded("court_order", "nothing_personal"))
		a := on(d, workflow.PickFields)
		a.Picks = picked(d, referrals.PickGive, "C1", "F1")
		for key, pick := range picked(d, referrals.PickPrivileged, "G14") {
			a.Picks[key] = pick
		}
		d = discloses(t, s, "reviewer", a)
		var bad forms.Problems
		if _, err := s.Door.Disclose(t.Context(), s.As("reviewer"), on(d, workflow.ProposeDisclosure), workers.Draw); !errors.As(err, &bad) || bad.Of("tell") == "" {
			t.Errorf("something is given, and nobody decided how the person learns of it: %v", err)
		}
		a.Rev, a.Asked.Tell = d.Rev, "through_referrer"
		d = discloses(t, s, "reviewer", a)
		if n := openDemands(t, s); n != 1 {
			t.Errorf("%d clocks run", n)
		}
		d = discloses(t, s, "reviewer", on(d, workflow.ProposeDisclosure))
		d = discloses(t, s, "director", on(d, workflow.ApproveDisclosure))
		if n := openDemands(t, s); n != 0 {
			t.Errorf("%d clocks run on", n)
		}
		text, err := s.Door.Package(t.Context(), s.As("reviewer"), ref, d.N)
		if err != nil {
			t.Fatal(err)
		}
		parts := unzipped(t, text)
		var m struct {
			Given, Privileged []string
			Parts             []struct {
				Name, SHA256 string
				Bytes        int
			}
		}
		if err := json.Unmarshal(parts["manifest.json"], &m); err != nil || len(m.Parts) != 2 || len(m.Given) != 2 || len(m.Privileged) != 1 {
			t.Fatalf("%+v: %v", m, err)
		}
		for _, p := range m.Parts {
			if sum := sha256.Sum256(parts[p.Name]); hex.EncodeToString(sum[:]) != p.SHA256 || len(parts[p.Name]) != p.Bytes {
				t.Errorf("%s is not what the manifest says", p.Name)
			}
		}
		logged(t, s, text, parts["manifest.json"], d)
		onlyPicked(t, s, ref, pdftest.Text(t, parts["document.pdf"])+string(parts["manifest.json"])+string(parts["index.csv"]))
		for _, key := range []string{"program", "auditor", "detective", "administrator"} {
			if _, err := s.Door.Package(t.Context(), s.As(key), ref, d.N); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s takes the package: %v", key, err)
			}
		}
		if _, err := s.Door.Disclose(t.Context(), s.As("reviewer"), on(d, workflow.PickFields), workers.Draw); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("picked after it was given: %v", err)
		}
	})
}

func openDemands(t *testing.T, s *demo.State) int {
	t.Helper()
	return s.DB.Read().Task.Query().Where(task.Duty(string(workflow.Director)), task.DoneAtIsNil()).CountX(viewer.Job(t.Context(), "test"))
}

// logged wants the digests of package and manifest in the log, with what was
// given, by codes.
func logged(t *testing.T, s *demo.State, text, list []byte, d referrals.Disclosure) {
	t.Helper()
	whole, manifest := sha256.Sum256(text), sha256.Sum256(list)
	l := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("disclose")).OnlyX(t.Context())
	if !strings.Contains(l.Reason, hex.EncodeToString(whole[:])) || !strings.Contains(l.Reason, hex.EncodeToString(manifest[:])) || !strings.Contains(l.Reason, "court_order") ||
		!slices.Equal(l.Fields, []string{"C1", "F1"}) || l.Actor != s.As("director").ID || d.Digest != hex.EncodeToString(whole[:]) {
		t.Errorf("the line: %+v", l)
	}
}

// onlyPicked wants the text to hold the name and the immigration status, and no
// other answer.
func onlyPicked(t *testing.T, s *demo.State, ref, text string) {
	t.Helper()
	view := open(t, s, "detective", ref).View
	flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
	text = flat(text)
	for _, p := range view.Parts {
		for _, it := range p.Items {
			for _, words := range it.Text {
				given := it.ID == "C1" || it.ID == "F1"
				if len(flat(words)) < 8 && !given {
					continue // too short to be told from other words
				}
				if strings.Contains(text, flat(words)) != given {
					t.Errorf("%s stands in the package: %v, want %v", it.ID, !given, given)
				}
			}
		}
	}
}

// The referrer reads in "who looked at it" that something was given outside, but
// where a court forbids that the person is told; the State reads it always.
func TestDisclosureIsSeen(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		for _, tell := range []string{"told", "barred"} {
			d := prepares(t, s, ref, demanded("court_order", tell))
			d = discloses(t, s, "reviewer", on(d, workflow.ProposeDisclosure))
			discloses(t, s, "director", on(d, workflow.ApproveDisclosure))
		}
		for who, want := range map[string]int{"detective": 1, "program": 2, "director": 2} {
			looks, err := s.Door.Looks(t.Context(), s.As(who), ref, "")
			n := 0
			for _, l := range looks.Looks {
				if l.What == "disclose" {
					n++
				}
			}
			if err != nil || n != want {
				t.Errorf("%s reads of %d, want %d: %v", who, n, want, err)
			}
		}
	})
}

// Of a withdrawn referral an index is all that can be given; while somebody
// still works on a disclosure the referral is not destroyed.
func TestDisclosureOfWithdrawn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		withLedger(t, s)
		ref := withdrawnOne(t, s)
		d := prepares(t, s, ref, demanded("court_order", "nothing_personal"))
		if len(d.Fields) > 0 {
			t.Errorf("%d answers of a withdrawn referral can be picked", len(d.Fields))
		}
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("destroyed: %v", err)
		}
		discloses(t, s, "second_reviewer", on(d, workflow.CancelDisclosure))
		if err := s.Door.Destroy(t.Context(), destroys(s, ref, "withdrawn", "director", "program")); err != nil {
			t.Error(err)
		}
	})
}
