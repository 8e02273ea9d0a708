package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Factor is one means by which an account is proved besides its password, from
// the moment it was bound until it was taken away; the row stays after that.
type Factor struct{ secret }

// Fields of Factor. kind is totp, passkey or oidc; mark names the row to people
// and to its seal; handle is the hash by which a passkey or an account at
// another provider is found, and goes when the factor does; counter is the last
// time step of a TOTP or the count of signatures of a passkey; data holds what
// the owner calls it and what it is checked with.
func (Factor) Fields() []ent.Field {
	return []ent.Field{
		of("user_id"),
		field.String("kind").NotEmpty().Immutable(),
		field.String("mark").NotEmpty().Unique().Immutable(),
		field.Bytes("handle").Optional().Unique().Sensitive(),
		field.Int64("counter").Default(0),
		sealed("data"),
		moment("created_at"),
		maybe("used_at"),
		maybe("revoked_at"),
	}
}

// Edges of Factor.
func (Factor) Edges() []ent.Edge { return []ent.Edge{to("user", User.Type)} }

// Indexes of Factor.
func (Factor) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }

// RecoveryCode is a code that stands in once for a factor that was lost.
type RecoveryCode struct{ secret }

// Fields of RecoveryCode. hash is that of the code, which nobody keeps but the
// owner.
func (RecoveryCode) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("hash").NotEmpty().Unique().Immutable().Sensitive(),
		of("user_id"),
		moment("created_at"),
		maybe("used_at"),
	}
}

// Edges of RecoveryCode.
func (RecoveryCode) Edges() []ent.Edge { return []ent.Edge{to("user", User.Type)} }

// Indexes of RecoveryCode.
func (RecoveryCode) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }

// Invitation lets the owner of a new account, or of one that was begun anew,
// choose a first password, once.
type Invitation struct{ secret }

// Fields of Invitation. hash is that of what the coordinator hands over;
// given_by is who gave it, 0 for a command on the machine; approved_by is the
// second person, where one is needed: without approved_at it is of no use yet.
func (Invitation) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("hash").NotEmpty().Unique().Immutable().Sensitive(),
		of("user_id"),
		field.Int("given_by").Immutable(),
		field.Int("approved_by").Default(0),
		maybe("approved_at"),
		moment("created_at"),
		moment("expires_at"),
		maybe("used_at"),
	}
}

// Edges of Invitation.
func (Invitation) Edges() []ent.Edge { return []ent.Edge{to("user", User.Type)} }

// Indexes of Invitation.
func (Invitation) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }
