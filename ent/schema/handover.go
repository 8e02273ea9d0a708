package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Handover is one handing of a confirmed person to one recipient. n counts
// from 1 within the referral. Rule, reasons and kind are sealed, for they say
// how old somebody is or where.
type Handover struct{ personal }

// Fields of Handover. agency_id is the recipient once it has an account;
// contact_id the point of the directory; next_at the moment at which the
// open hand-over wants somebody's attention.
func (Handover) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("n").Positive().Immutable(),
		field.String("status").NotEmpty(),
		rev(),
		ofMaybe("agency_id"),
		ofMaybe("contact_id"),
		maybe("proposed_at"),
		maybe("sent_at"),
		maybe("accept_by"),
		maybe("accepted_at"),
		maybe("reached_at"),
		maybe("closed_at"),
		maybe("next_at"),
		sealedMaybe("sealed"),
	}
}

// Edges of Handover.
func (Handover) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toMaybe("agency", Agency.Type), toMaybe("contact", ContactPoint.Type)}
}

// Indexes of Handover.
func (Handover) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("referral_id", "n").Unique(),
		index.Fields("agency_id", "status"),
		index.Fields("status", "next_at"),
	}
}

// Letter is one notice sent beside the hand-overs: to a district about a
// minor, to the person, to the referrer. Its kind is sealed.
type Letter struct{ personal }

// Fields of Letter.
func (Letter) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("n").Positive().Immutable(),
		ofMaybe("agency_id"),
		ofMaybe("contact_id"),
		moment("created_at"),
		maybe("sent_at"),
		maybe("acknowledged_at"),
		sealedMaybe("sealed"),
	}
}

// Edges of Letter.
func (Letter) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toMaybe("agency", Agency.Type), toMaybe("contact", ContactPoint.Type)}
}

// Indexes of Letter.
func (Letter) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "n").Unique(), index.Fields("agency_id")}
}

// Task is one thing that somebody of a duty must do, with its clock. Kind and
// words are sealed: the kind alone would say that the person is a minor.
type Task struct{ personal }

// Fields of Task. handover 0 is the referral itself.
func (Task) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Optional().Nillable().Immutable(),
		field.Int("handover").Default(0).NonNegative().Immutable(),
		field.String("duty").NotEmpty(),
		ofMaybe("agency_id"),
		moment("created_at"),
		maybe("due_at"),
		maybe("done_at"),
		ofMaybe("done_by_id"),
		sealedMaybe("sealed"),
		ofMaybe("contact_id"),
	}
}

// Edges of Task.
func (Task) Edges() []ent.Edge {
	return []ent.Edge{toFixedMaybe("referral", Referral.Type), toMaybe("agency", Agency.Type),
		toMaybe("done_by", User.Type), toMaybe("contact", ContactPoint.Type)}
}

// Indexes of Task.
func (Task) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("duty", "done_at", "due_at"),
		index.Fields("agency_id", "done_at"),
		index.Fields("referral_id"),
	}
}

// Document is a drawn PDF of record, sealed.
type Document struct{ personal }

// Fields of Document. kind tells nothing: every letter is "letter". handover is
// the number of the hand-over of a packet or of the letter, 0 the referral
// itself; digest is over the plain bytes.
func (Document) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.String("kind").NotEmpty().Immutable(),
		field.Int("handover").Default(0).NonNegative().Immutable(),
		field.Int("version").NonNegative().Immutable(),
		field.Time("made_at"),
		field.String("digest").NotEmpty(),
		sealed("sealed"),
	}
}

// Edges of Document.
func (Document) Edges() []ent.Edge { return []ent.Edge{toFixed("referral", Referral.Type)} }

// Indexes of Document.
func (Document) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "kind", "handover", "version").Unique()}
}
