package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// PairIndex says that the identity of a referral can be looked for, and how its
// keys were made. No referrer's request reads it.
type PairIndex struct{ state }

// Fields of PairIndex. bits is how long the kept part of each key is, so that
// several people share one; generation is that of the key they were hashed
// with; sealed is the day on which the release ends.
func (PairIndex) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("bits").NonNegative(),
		field.Int("generation").Positive(),
		sealed("sealed"),
	}
}

// Edges of PairIndex.
func (PairIndex) Edges() []ent.Edge { return []ent.Edge{toFixed("referral", Referral.Type)} }

// Indexes of PairIndex.
func (PairIndex) Indexes() []ent.Index { return []ent.Index{index.Fields("referral_id").Unique()} }

// Annotations of PairIndex.
func (PairIndex) Annotations() []schema.Annotation { return table("pair_indexes") }

// PairKey is one keyed and shortened hash under which a referral's identity is
// looked for. What was hashed, it does not say.
type PairKey struct{ state }

// Fields of PairKey. hash begins with a 1, so that keys of different length
// differ.
func (PairKey) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int64("hash").Positive().Immutable(),
	}
}

// Edges of PairKey.
func (PairKey) Edges() []ent.Edge { return []ent.Edge{toFixed("referral", Referral.Type)} }

// Indexes of PairKey.
func (PairKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("hash", "referral_id"), index.Fields("referral_id")}
}

// Annotations of PairKey.
func (PairKey) Annotations() []schema.Annotation { return table("pair_keys") }

// PairEntry is one thing that was found or decided of a pair, as one of its two
// referrals keeps it, sealed under that one's key: which the other is, why they
// are alike, what was decided. A trigger in both databases keeps what it says;
// it goes when one of the referrals is withdrawn or shredded.
type PairEntry struct{ state }

// Fields of PairEntry. seq grows within the referral; no author is the program.
func (PairEntry) Fields() []ent.Field {
	return []ent.Field{
		field.Int("referral_id").Immutable(),
		field.Int("seq").Positive().Immutable(),
		field.Int("author_id").Optional().Nillable().Immutable(),
		moment("at"),
		field.Bytes("sealed").Immutable().Sensitive(),
	}
}

// Edges of PairEntry.
func (PairEntry) Edges() []ent.Edge {
	return []ent.Edge{toFixed("referral", Referral.Type), toFixedMaybe("author", User.Type)}
}

// Indexes of PairEntry.
func (PairEntry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("referral_id", "seq").Unique()}
}

// Annotations of PairEntry.
func (PairEntry) Annotations() []schema.Annotation { return table("pair_entries") }

// Search is one time that somebody of the State looked for a person. What was
// looked for is kept nowhere.
type Search struct{ state }

// Fields of Search. mark names the row to its seal; code is why, from a closed
// list; sealed are the words that were written to it; found is how many
// referrals were shown.
func (Search) Fields() []ent.Field {
	return []ent.Field{
		field.String("mark").NotEmpty().Unique().Immutable(),
		field.Int("user_id").Immutable(),
		moment("at"),
		field.String("code").NotEmpty().Immutable(),
		field.Int("found").NonNegative().Immutable(),
		field.Bytes("sealed").Immutable().Sensitive(),
	}
}

// Edges of Search.
func (Search) Edges() []ent.Edge { return []ent.Edge{toFixed("user", User.Type)} }

// Indexes of Search: the count of an hour.
func (Search) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id", "at")} }

// Annotations of Search.
func (Search) Annotations() []schema.Annotation { return table("searches") }
