package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Referral is one referral of one person. Nothing about the person is a
// column: the answers, the facets and the entries' words are sealed under
// data_key, and dropping data_key shreds them all.
type Referral struct{ personal }

// Fields of Referral. ref is the reference without its hyphens; status is a
// workflow status; data_key is the wrapped data key, gone once shredded;
// facets is the sealed record that statistics open; warned_at is when the author
// of a draft was told that it ends.
func (Referral) Fields() []ent.Field {
	return []ent.Field{
		field.String("ref").NotEmpty().Unique().Immutable(),
		field.String("status").NotEmpty(),
		of("agency_id"),
		of("author_id"),
		ofMaybe("assigned_id"),
		moment("created_at"),
		field.Time("updated_at"),
		maybe("submitted_at"),
		maybe("due_at"),
		maybe("route_due_at"),
		maybe("decided_at"),
		maybe("closed_at"),
		rev(),
		sealedMaybe("data_key"),
		sealedMaybe("facets"),
		maybe("shredded_at"),
		maybe("warned_at"),
	}
}

// Edges of Referral.
func (Referral) Edges() []ent.Edge {
	return []ent.Edge{to("agency", Agency.Type), to("author", User.Type), toMaybe("assigned", User.Type)}
}

// Indexes of Referral: the State's queue in the order of its due dates, an
// agency's list, and a referrer's own list and hourly count.
func (Referral) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("status", "due_at", "id"),
		index.Fields("agency_id", "status"),
		index.Fields("author_id", "submitted_at"),
		index.Fields("assigned_id", "status"),
	}
}

// Answers is one version of the form: version 0 is the draft, which changes;
// from 1 on they are submissions and additions, which triggers in both
// databases keep from being changed or deleted.
type Answers struct{ personal }

// Fields of Answers. kind is draft, submission or addition; digest is over the
// canonical answers with their sealed nonce.
func (Answers) Fields() []ent.Field {
	return []ent.Field{
		of("referral_id"),
		field.Int("version").NonNegative().Immutable(),
		field.String("kind").NotEmpty(),
		of("author_id"),
		field.Time("at"),
		sealed("sealed"),
		field.String("digest").Default(""),
	}
}

// Edges of Answers.
func (Answers) Edges() []ent.Edge {
	return []ent.Edge{to("referral", Referral.Type), to("author", User.Type)}
}

// Indexes of Answers.
func (Answers) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "version").Unique()}
}

// Annotations of Answers.
func (Answers) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("answers"),
		entsql.Checks(map[string]string{"answers_draft": "kind = 'draft' AND version = 0 OR kind <> 'draft' AND version > 0"})}
}

// Entry is one event on the road of a referral or of one of its hand-overs.
// Entries are only ever added; triggers in both databases keep them.
type Entry struct{ personal }

// Fields of Entry. seq counts from 1 within the referral; handover 0 is the
// referral itself; no author is the system.
func (Entry) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("seq").Positive().Immutable(),
		field.Int("handover").Default(0).NonNegative().Immutable(),
		field.String("action").NotEmpty().Immutable(),
		field.Int("author_id").Optional().Nillable().Immutable(),
		moment("at"),
		field.String("from_status").Default("").Immutable(),
		field.String("to_status").Default("").Immutable(),
		field.Bytes("sealed").Optional().Immutable().Sensitive(),
	}
}

// Edges of Entry.
func (Entry) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toFixedMaybe("author", User.Type)}
}

// Indexes of Entry.
func (Entry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "seq").Unique()}
}

// Annotations of Entry.
func (Entry) Annotations() []schema.Annotation { return table("entries") }

// Attachment is one file that a referrer added. Its bytes and its copy lie sealed
// in the store of blobs under names that tell nothing.
type Attachment struct{ personal }

// Fields of Attachment. n counts from 1 within the referral; status is held,
// clean or harmful; original and copy are names in the store of blobs, size is that of both as they lie there, in bytes, for an
// agency's quota; sealed is what the file was called and how it was found.
func (Attachment) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("n").Positive().Immutable(),
		of("author_id"),
		moment("at"),
		field.String("status").NotEmpty(),
		maybe("scanned_at"),
		field.String("original").NotEmpty().Unique().Immutable(),
		field.String("copy").NotEmpty().Unique().Immutable(),
		field.Int64("size").NonNegative().Immutable(),
		sealed("sealed"),
	}
}

// Edges of Attachment.
func (Attachment) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), to("author", User.Type)}
}

// Indexes of Attachment: those of a referral, and those that wait to be scanned.
func (Attachment) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "n").Unique(), index.Fields("status", "at")}
}

// Request is a submission made under an idempotency key, so that the same key
// of the same user gives the same answer and another body a refusal.
type Request struct{ personal }

// Fields of Request. Both hashes are keyed.
func (Request) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id").Immutable(),
		field.Bytes("key_hash").NotEmpty().Immutable().Sensitive(),
		field.Bytes("body_hash").NotEmpty().Immutable().Sensitive(),
		field.String("ref").NotEmpty().Immutable(),
		moment("at"),
	}
}

// Edges of Request.
func (Request) Edges() []ent.Edge { return []ent.Edge{toFixed("user", User.Type)} }

// Indexes of Request.
func (Request) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "key_hash").Unique(), index.Fields("at")}
}

// Shred is the ledger of referrals whose data key was dropped, which a restore
// from an older backup reads to drop the same keys again.
type Shred struct{ state }

// Fields of Shred. by is the account that did it, 0 for the command line.
func (Shred) Fields() []ent.Field {
	return []ent.Field{
		field.String("ref").NotEmpty().Unique().Immutable(),
		moment("at"),
		field.Int("by").Default(0).Immutable(),
	}
}
