// Package forms holds the referral form, declared once. A question is one line
// of Go (referral.go, events.go) and its words (words/en.toml); page, check,
// JSON Schema, API, PDF and CSV, and who sees which answer, are walks over that
// declaration. What the State adds (state.go) is declared and walked the same
// way.
//
// The way of an answer: Form.DecodeSection or Form.DecodeJSON fills a Referral
// in; Form.Shape says what is wrong with a draft; Form.Check drops what does
// not apply and says what stands against submitting; NewView gives one reader
// what that reader may see. Nothing here stores, sends or decides anything.
package forms
