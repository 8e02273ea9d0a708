// Package schema declares the tables. A column exists only for what a query
// must read; everything about a person lies sealed. It holds no rule and no
// default that reads a clock: whoever writes a row says the moment, in UTC and
// whole microseconds, which both databases keep exactly.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

// moment is a point in time that every row has and none changes.
func moment(name string) ent.Field { return field.Time(name).Immutable() }

// maybe is a point in time that a row may not have; nil says so.
func maybe(name string) ent.Field { return field.Time(name).Optional().Nillable() }

// sealed is a ciphertext that every row has. It never prints.
func sealed(name string) ent.Field { return field.Bytes(name).Sensitive() }

// sealedMaybe is a ciphertext that a row may not have.
func sealedMaybe(name string) ent.Field { return field.Bytes(name).Optional().Sensitive() }

// rev is the count of changes to a row, beginning at 1. An update names the
// rev that was seen, so that a stale page changes nothing.
func rev() ent.Field { return field.Int("rev").Default(1).Min(1) }

// of is the column of a required edge to another table's row.
func of(name string) ent.Field { return field.Int(name) }

// ofMaybe is the column of an edge that a row may not have; nil says so.
func ofMaybe(name string) ent.Field { return field.Int(name).Optional().Nillable() }

// to is a required edge kept in the column name_id. The row that it points to
// cannot be deleted while it stands.
func to(name string, table any) ent.Edge {
	return edge.To(name, table).Unique().Required().Field(name + "_id").
		Annotations(entsql.OnDelete(entsql.NoAction))
}

// toMaybe is an optional edge kept in the column name_id. The row that it
// points to cannot be deleted while it stands.
func toMaybe(name string, table any) ent.Edge {
	return edge.To(name, table).Unique().Field(name + "_id").
		Annotations(entsql.OnDelete(entsql.NoAction))
}

// toFixed is to for a column that never changes.
func toFixed(name string, table any) ent.Edge {
	return edge.To(name, table).Unique().Required().Immutable().Field(name + "_id").
		Annotations(entsql.OnDelete(entsql.NoAction))
}

// toFixedMaybe is toMaybe for a column that never changes.
func toFixedMaybe(name string, table any) ent.Edge {
	return edge.To(name, table).Unique().Immutable().Field(name + "_id").
		Annotations(entsql.OnDelete(entsql.NoAction))
}

// table names a table where the plural made by rule would be wrong or could
// change.
func table(name string) []schema.Annotation { return []schema.Annotation{entsql.Table(name)} }
