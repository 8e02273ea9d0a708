package workers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/pdf"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// drawn says by which document each kind of paper is drawn.
var drawn = map[string]func(pdf.Facts, forms.View) ([]byte, []pdf.Undrawn, error){
	referrals.PaperReceipt:  pdf.Receipt,
	referrals.PaperReferral: pdf.Referral,
	referrals.PaperFile:     pdf.File,
	referrals.PaperPacket:   pdf.Packet,
	referrals.PaperConsent:  func(f pdf.Facts, _ forms.View) ([]byte, []pdf.Undrawn, error) { return pdf.ConsentSheet(f) },
}

// drawing returns how a paper is drawn, nil when nobody knows its kind.
func drawing(p referrals.Paper) func(pdf.Facts, forms.View) ([]byte, []pdf.Undrawn, error) {
	if p.Kind == referrals.PaperCertificate && p.Certificate != nil {
		return func(pdf.Facts, forms.View) ([]byte, []pdf.Undrawn, error) {
			return pdf.Certificate(certificateFacts(p))
		}
	}
	if p.Kind == referrals.PaperDisclosure && p.Disclosure != nil {
		return func(f pdf.Facts, v forms.View) ([]byte, []pdf.Undrawn, error) {
			return pdf.Disclosure(disclosureFacts(f, p), v)
		}
	}
	if p.Kind != referrals.PaperLetter {
		return drawn[p.Kind]
	}
	if p.Letter == nil {
		return nil
	}
	return func(f pdf.Facts, v forms.View) ([]byte, []pdf.Undrawn, error) {
		return pdf.Letter(letterFacts(f, p), v)
	}
}

// Draw returns the PDF of a paper: the one that was kept, else drawn now. The same paper gives the same bytes. A kind that
// is not known is fault.NotFound. How many characters could not be printed is logged, and never which ones.
func Draw(ctx context.Context, p referrals.Paper) ([]byte, error) {
	if len(p.Stored) > 0 {
		return p.Stored, nil
	}
	draw := drawing(p)
	if draw == nil {
		return nil, fault.Absent()
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("workers: drawing a paper: %w", err)
	}
	out, lack, err := draw(factsOf(p), p.View)
	if err != nil {
		return nil, fmt.Errorf("workers: drawing a %s: %w", p.Kind, err)
	}
	if len(lack) > 0 {
		n := 0
		for _, u := range lack {
			n += u.Count
		}
		slog.WarnContext(ctx, "a paper has characters that cannot be printed", "paper", p.Kind, "characters", n)
	}
	return out, nil
}

// factsOf is what a document says beside the answers.
func factsOf(p referrals.Paper) pdf.Facts {
	r := p.Record
	return pdf.Facts{Reference: p.Reference, GeneratedFor: p.For, Version: p.Version, Digest: p.Digest, Status: words(r.Status), Agency: r.Agency,
		Code: p.Code, At: p.At, ReceivedAt: r.ReceivedAt, DueAt: r.DueAt, RouteDueAt: r.RouteDueAt, DecidedAt: r.DecidedAt}
}

// Letter returns what stands in a letter, block by block, for a page that shows it before it is signed. A paper that is no
// letter is fault.NotFound.
func Letter(p referrals.Paper) ([]pdf.Block, error) {
	if p.Kind != referrals.PaperLetter || p.Letter == nil {
		return nil, fault.Absent()
	}
	blocks, err := pdf.LetterBlocks(letterFacts(factsOf(p), p), p.View)
	if err != nil {
		return nil, fmt.Errorf("workers: showing a letter: %w", err)
	}
	return blocks, nil
}

// letterFacts is what a letter says beside its view.
func letterFacts(f pdf.Facts, p referrals.Paper) pdf.LetterFacts {
	l := p.Letter
	out := pdf.LetterFacts{Facts: f, Kind: l.Kind, Language: l.Language, SignedBy: l.Signed.Name, SignedAs: l.Signed.Title, SignedAt: l.Signed.At,
		Since: l.Since, LeftOut: l.Help.LeftOut, Silent: l.Help.Silent}
	for _, one := range l.Help.Lines {
		out.Lines = append(out.Lines, pdf.HelpLine{Name: one.Name, Plain: one.Plain, Phone: one.Phone, Text: one.Text, Word: one.Word})
	}
	for _, one := range l.Help.Near {
		out.Near = append(out.Near, nearLine(one))
	}
	if l.Help.Call != nil {
		call := nearLine(*l.Help.Call)
		out.Call = &call
	}
	return out
}

func nearLine(n referrals.NearBy) pdf.NearLine {
	return pdf.NearLine{Name: n.Name, Phone: n.Phone, Checked: forms.PartialDate(n.Verified).Words()}
}

// words is a status as people read it: "In review".
func words(s workflow.Status) string {
	w := strings.ReplaceAll(string(s), "_", " ")
	if w == "" {
		return ""
	}
	return strings.ToUpper(w[:1]) + w[1:]
}
