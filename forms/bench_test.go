package forms

import (
	"encoding/json"
	"testing"

	"nysreferral/cases"
)

// BenchmarkReferral is what one referral costs the rules: read, checked, kept,
// opened and shown to a reviewer.
func BenchmarkReferral(b *testing.B) {
	text, today := cases.Load(6).Answers, Date("2026-11-02")
	r := &Referral{}
	if bad := Questions.DecodeJSON(r, text); len(bad) > 0 {
		b.Fatal(bad)
	}
	kept, err := Questions.JSON(r)
	if err != nil {
		b.Fatal(err)
	}
	for name, work := range map[string]func() error{
		"decode": func() error { return Questions.DecodeJSON(&Referral{}, text).Err() },
		"check":  func() error { one := *r; Questions.Check(&one, today); return nil },
		"warn":   func() error { Questions.Warn(r, today); return nil },
		"keep":   func() error { _, err := Questions.JSON(r); return err },
		"open":   func() error { return json.Unmarshal(kept, &Referral{}) },
		"view":   func() error { NewView(Sight{Reader: ReadsReviewer}, r, nil); return nil },
		"needed": func() error {
			for _, f := range Questions.Section("C").Fields {
				Questions.Required(r, f.Path)
			}
			return nil
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
