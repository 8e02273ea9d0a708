package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// AuditEntry is one line of the log: who did or read what, on what ground, and
// how it ended. It holds opaque ids, never content, and points to no row by a
// foreign key, so that it outlives every one. Triggers in both databases keep
// the lines and the tree over them from being changed or deleted.
type AuditEntry struct{ common }

// Fields of AuditEntry. actor 0 is nobody signed in, agency 0 none; refs are
// references or other opaque ids; fields are ids or classes of form fields;
// handover 0 is the referral itself.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		moment("at"),
		field.Int("actor").Default(0).Immutable(),
		field.String("duty").Default("").Immutable(),
		field.Int("agency").Default(0).Immutable(),
		field.String("action").NotEmpty().Immutable(),
		field.String("outcome").Default("").Immutable(),
		field.Strings("refs").Optional().Immutable(),
		field.Int("handover").Default(0).Immutable(),
		field.Strings("fields").Optional().Immutable(),
		field.String("reason").Default("").Immutable(),
		field.String("rule").Default("").Immutable(),
		field.String("source").Default("").Immutable(),
	}
}

// Indexes of AuditEntry.
func (AuditEntry) Indexes() []ent.Index { return []ent.Index{index.Fields("actor")} }

// Annotations of AuditEntry.
func (AuditEntry) Annotations() []schema.Annotation { return table("audit_entries") }

// AuditLeaf says which line of the log is which leaf of the tree.
type AuditLeaf struct{ common }

// Fields of AuditLeaf. index counts from 0 without a gap; hash is the leaf's.
func (AuditLeaf) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("index").NonNegative().Unique().Immutable(),
		field.Int("entry_id").Unique().Immutable(),
		field.Bytes("hash").NotEmpty().Immutable(),
	}
}

// Annotations of AuditLeaf.
func (AuditLeaf) Annotations() []schema.Annotation { return table("audit_leaves") }

// AuditHash is one stored hash of the tree.
type AuditHash struct{ common }

// Fields of AuditHash. idx is tlog's stored hash index.
func (AuditHash) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("idx").NonNegative().Unique().Immutable(),
		field.Bytes("hash").NotEmpty().Immutable(),
	}
}

// Annotations of AuditHash.
func (AuditHash) Annotations() []schema.Annotation { return table("audit_hashes") }

// AuditCheckpoint is one signed head of the tree.
type AuditCheckpoint struct{ common }

// Fields of AuditCheckpoint. size is the number of leaves; text is the signed
// note, whole.
func (AuditCheckpoint) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("size").NonNegative().Immutable(),
		field.Text("text").NotEmpty().Immutable(),
		moment("at"),
	}
}

// Indexes of AuditCheckpoint.
func (AuditCheckpoint) Indexes() []ent.Index { return []ent.Index{index.Fields("size")} }

// Annotations of AuditCheckpoint.
func (AuditCheckpoint) Annotations() []schema.Annotation { return table("audit_checkpoints") }
