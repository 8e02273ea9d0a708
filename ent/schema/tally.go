package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Tally is one thing that counts against a limit: a referral that an account
// opened, a record that it asked for and that is not there for it. It holds no
// more than the log does, is asked by account and moment, and goes after a day.
// It points to no row by a foreign key, as the log does not.
type Tally struct{ common }

// Fields of Tally. kind is a tallies.Kind; user_id is 0 for none; what tells apart
// what is counted once, such as a reference; source is the network; at is when
// it was last so.
func (Tally) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").NotEmpty().Immutable(),
		field.Int("user_id").Default(0).Immutable(),
		field.String("what").Default("").Immutable(),
		field.String("source").Default("").Immutable(),
		field.Time("at"),
	}
}

// Indexes of Tally.
func (Tally) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("kind", "user_id", "what").Unique(),
		index.Fields("kind", "user_id", "at"),
		index.Fields("kind", "at"),
	}
}

// Annotations of Tally.
func (Tally) Annotations() []schema.Annotation { return table("tallies") }
