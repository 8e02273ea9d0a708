package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Hold is a legal hold on a referral: while it stands nothing destroys the
// referral.
type Hold struct{ state }

// Fields of Hold. n counts from 1 within the referral; status is a
// workflow.HoldStatus; sealed holds what was said at each step, under the key
// of the referral.
func (Hold) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("n").Positive().Immutable(),
		field.String("status").NotEmpty(),
		moment("placed_at"),
		field.Int("placed_by_id").Immutable(),
		ofMaybe("asked_by_id"),
		maybe("ended_at"),
		sealed("sealed"),
		rev(),
	}
}

// Edges of Hold.
func (Hold) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toFixed("placed_by", User.Type), toMaybe("asked_by", User.Type)}
}

// Indexes of Hold.
func (Hold) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "n").Unique(), index.Fields("status")}
}

// Disposal is a batch of referrals whose time is over, to be destroyed by two
// persons. Its number is the row's. It holds no word that somebody typed.
type Disposal struct{ state }

// Fields of Disposal. status is a workflow.DisposalStatus; reason is the code of
// a refusal; digest is of the certificate, once it is done.
func (Disposal) Fields() []ent.Field {
	return []ent.Field{
		field.String("status").NotEmpty(),
		moment("proposed_at"),
		field.Int("proposed_by_id").Immutable(),
		maybe("decided_at"),
		ofMaybe("decided_by_id"),
		field.String("reason").Default(""),
		maybe("done_at"),
		field.String("digest").Default(""),
		rev(),
	}
}

// Edges of Disposal.
func (Disposal) Edges() []ent.Edge {
	return []ent.Edge{toFixed("proposed_by", User.Type), toMaybe("decided_by", User.Type)}
}

// Indexes of Disposal.
func (Disposal) Indexes() []ent.Index { return []ent.Index{index.Fields("status")} }

// DisposalItem is one referral of a batch.
type DisposalItem struct{ state }

// Fields of DisposalItem. outcome is a workflow.Outcome; due_at is when the time
// was over; done_at is when the key was destroyed, or why it was left was found;
// left_out is the code of why it was left as it is.
func (DisposalItem) Fields() []ent.Field {
	return []ent.Field{
		field.Int("disposal_id").Immutable(),
		field.Int("referral_id").Immutable(),
		field.String("outcome").NotEmpty().Immutable(),
		field.Time("due_at").Immutable(),
		maybe("done_at"),
		field.String("left_out").Default(""),
	}
}

// Edges of DisposalItem.
func (DisposalItem) Edges() []ent.Edge {
	return []ent.Edge{toFixed("disposal", Disposal.Type), toFixed("referral", Referral.Type)}
}

// Indexes of DisposalItem.
func (DisposalItem) Indexes() []ent.Index {
	return []ent.Index{index.Fields("disposal_id", "referral_id").Unique(), index.Fields("referral_id")}
}

// Annotations of DisposalItem.
func (DisposalItem) Annotations() []schema.Annotation { return table("disposal_items") }

// Disclosure is an answer about one referral to somebody outside who has a
// right to ask.
type Disclosure struct{ state }

// Fields of Disclosure. n counts from 1 within the referral; status is a
// workflow.DisclosureStatus; due_at is the day that the demand names; sealed
// holds the demand, the picks and what was said, under the key of the referral.
func (Disclosure) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("n").Positive().Immutable(),
		field.String("status").NotEmpty(),
		moment("created_at"),
		field.Time("due_at").Immutable(),
		field.Int("prepared_by_id").Immutable(),
		ofMaybe("ended_by_id"),
		maybe("ended_at"),
		sealed("sealed"),
		rev(),
	}
}

// Edges of Disclosure.
func (Disclosure) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toFixed("prepared_by", User.Type), toMaybe("ended_by", User.Type)}
}

// Indexes of Disclosure.
func (Disclosure) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "n").Unique(), index.Fields("status", "due_at")}
}
