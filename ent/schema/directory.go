package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ContactPoint is one line of the directory: where a hand-over or a notice for
// a county can be sent, and who verified that and when.
type ContactPoint struct{ common }

// Fields of ContactPoint. Dates are civil dates as YYYY-MM-DD, empty for none;
// one without verified_on is never used to send anything. capacity_rank 0 is
// asked first.
func (ContactPoint) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").NotEmpty().Unique(),
		field.String("kind").NotEmpty(),
		field.String("district").Default(""),
		field.String("name").NotEmpty(),
		field.Strings("counties").Optional(),
		field.String("region").Default(""),
		field.Strings("languages").Optional(),
		field.Strings("specialties").Optional(),
		field.String("phone").Default(""),
		field.String("address").Default(""),
		field.String("email").Default(""),
		field.String("url").Default(""),
		field.String("source").Default(""),
		field.String("verified_on").Default(""),
		field.String("verified_by").Default(""),
		field.String("verified_how").Default(""),
		field.String("valid_from").Default(""),
		field.String("valid_to").Default(""),
		ofMaybe("agency_id"),
		field.Int("capacity_rank").Default(0),
		rev(),
	}
}

// Edges of ContactPoint.
func (ContactPoint) Edges() []ent.Edge { return []ent.Edge{toMaybe("agency", Agency.Type)} }

// Indexes of ContactPoint.
func (ContactPoint) Indexes() []ent.Index {
	return []ent.Index{index.Fields("kind"), index.Fields("district"), index.Fields("agency_id")}
}

// Setting is one named value that the folder itself must carry, such as
// whether it is a demo or production, or a year's holidays.
type Setting struct{ common }

// Fields of Setting.
func (Setting) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").NotEmpty().Unique().Immutable(),
		field.String("value"),
	}
}
