package referrals

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/document"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// PaperDisclosure is the paper of a package for somebody outside.
const PaperDisclosure = "disclosure"

// DisclosurePaper is what the paper of a disclosure says beside the answers that
// are given.
type DisclosurePaper struct {
	Demand     string // in words
	Asker      string
	Scope      string
	Index      []IndexLine
	Privileged []string // questions that are withheld for a privilege, by id and words
}

// manifest is the list of the parts of a package.
type manifest struct {
	Reference  string         `json:"reference"`
	Disclosure int            `json:"disclosure"`
	Demand     string         `json:"demand"`
	PreparedBy []int          `json:"preparedByAccounts"`
	ApprovedBy int            `json:"approvedByAccount"`
	ApprovedAt time.Time      `json:"approvedAt"`
	Version    int            `json:"answersVersion"`
	Digest     string         `json:"answersDigest"`
	Given      []string       `json:"given"`
	Privileged []string       `json:"privileged"`
	Parts      []manifestPart `json:"parts"`
}

type manifestPart struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// pack makes the package of a disclosure, keeps it sealed, and returns the
// digests of package and manifest for the log.
func (s *Service) pack(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, one answering, draw Draws) (string, error) {
	if draw == nil {
		return "", fault.New(fault.Unavailable, "The paper cannot be drawn at the moment. Try again later; nothing was given.")
	}
	index, err := s.indexOf(ctx, tx, f)
	if err != nil {
		return "", err
	}
	about, m := s.manifestOf(who, f, one)
	about.Index = index
	paper := Paper{Kind: PaperDisclosure, Reference: f.row.Ref, N: one.row.N, At: m.ApprovedAt, For: "DCJS", Version: f.version, Digest: f.digest,
		View: s.givenBy(f, one.about), Record: Record{Reference: f.row.Ref, Status: f.status(), Reader: forms.ReadsReviewer}, Disclosure: &about}
	pdf, err := draw(ctx, paper)
	if err != nil {
		return "", fmt.Errorf("referrals: drawing a disclosure: %w", err)
	}
	held, err := indexCSV(index)
	if err != nil {
		return "", err
	}
	whole, list, err := m.zipped(packed{"document.pdf", pdf}, packed{"index.csv", held})
	if err != nil {
		return "", err
	}
	sealed := f.key.Seal(whole, documentAt(f.row.Ref, PaperDisclosure, one.row.N, 1))
	err = tx.Document.Create().SetReferralID(f.row.ID).SetKind(PaperDisclosure).SetHandover(one.row.N).SetVersion(1).SetMadeAt(m.ApprovedAt).
		SetDigest(sha256Hex(whole)).SetSealed(sealed).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("referrals: keeping a disclosure: %w", err)
	}
	return fmt.Sprintf("package sha256:%s, manifest sha256:%s", sha256Hex(whole), sha256Hex(list)), nil
}

// manifestOf is what the paper and the manifest say of the picks.
func (s *Service) manifestOf(who workflow.Actor, f *file, one answering) (DisclosurePaper, manifest) {
	demand, _ := workflow.DemandOf(one.about.Asked.Demand)
	about := DisclosurePaper{Demand: demand.Name, Asker: one.about.Asked.Asker, Scope: one.about.Asked.Scope}
	m := manifest{Reference: f.row.Ref, Disclosure: one.row.N, Demand: demand.Code, PreparedBy: one.about.Hands, ApprovedBy: who.ID, ApprovedAt: s.now(),
		Version: f.version, Digest: f.digest, Given: []string{}, Privileged: []string{}}
	for _, p := range s.pickable(f, demand.Fields) {
		switch one.about.Picks[p.Key] {
		case PickGive:
			m.Given = append(m.Given, p.Key)
		case PickPrivileged:
			m.Privileged = append(m.Privileged, p.Key)
			about.Privileged = append(about.Privileged, p.Code+" "+p.Label)
		}
	}
	return about, m
}

// packed is one file of a package.
type packed struct {
	name string
	text []byte
}

// zipped is the package of the parts with its manifest, and the manifest. The
// same parts give the same bytes.
func (m manifest) zipped(parts ...packed) (whole, list []byte, err error) {
	for _, p := range parts {
		m.Parts = append(m.Parts, manifestPart{p.name, len(p.text), sha256Hex(p.text)})
	}
	if list, err = json.MarshalIndent(m, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("referrals: writing a manifest: %w", err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range append(parts, packed{"manifest.json", list}) {
		w, failed := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Store, Modified: m.ApprovedAt})
		if failed == nil {
			_, failed = w.Write(p.text)
		}
		err = errors.Join(err, failed)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, nil, fmt.Errorf("referrals: packing a disclosure: %w", err)
	}
	return b.Bytes(), list, nil
}

func indexCSV(index []IndexLine) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"held", "count"}}
	for _, l := range index {
		rows = append(rows, []string{l.What, strconv.Itoa(l.N)})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("referrals: writing an index: %w", err)
	}
	return b.Bytes(), nil
}

func sha256Hex(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Package returns the package of a disclosure that was released, a zip file, to
// staff of DCJS. Each time it is taken is a line in the log.
func (s *Service) Package(ctx context.Context, who workflow.Actor, ref string, n int) ([]byte, error) {
	var out []byte
	err := s.do(ctx, who, actPackage, ref, func(ctx context.Context, tx *ent.Tx) error {
		f, _, err := s.disclosing(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		one, err := s.answeringN(ctx, tx, f, n)
		if err != nil {
			return err
		}
		if one.row.Status != string(workflow.DisclosureReleased) {
			return fault.Absent()
		}
		doc, err := s.packageRow(ctx, tx, f, n)
		if err != nil {
			return err
		}
		if out, err = f.key.Open(doc.Sealed, documentAt(f.row.Ref, PaperDisclosure, n, 1)); err != nil {
			return fmt.Errorf("referrals: opening a disclosure: %w", err)
		}
		l := s.disclosureLine(who, actPackage, f, one)
		l.Reason += "; package sha256:" + doc.Digest
		return s.record(ctx, tx, l)
	})
	return out, err
}

// actPackage is the word of the log for a package that was taken.
const actPackage = "take_package"

func (s *Service) packageRow(ctx context.Context, tx *ent.Tx, f *file, n int) (*ent.Document, error) {
	doc, err := tx.Document.Query().Where(document.ReferralID(f.row.ID), document.Kind(PaperDisclosure), document.Handover(n)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading a disclosure: %w", err)
	}
	return doc, nil
}
