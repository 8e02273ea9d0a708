package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Agency is an organization whose people use the system: a source of
// referrals, a recipient of hand-overs, or an office of the State.
type Agency struct{ common }

// Fields of Agency. kind is a code of a source (municipal_police,
// social_provider, …) or of a State office (dcjs, otda, …); side is police,
// provider, dcjs, otda, rhtp, ldss, administration or auditor; designated is
// otda, opdv, ovs, not_applicable or unverified; district is the social
// services district of an LDSS, else empty.
func (Agency) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty(),
		field.String("kind").NotEmpty(),
		field.String("side").NotEmpty(),
		field.String("designated").Default("not_applicable"),
		field.String("district").Default(""),
		field.String("email_domain").Default(""),
		field.Bool("active").Default(true),
		moment("created_at"),
		rev(),
	}
}

// Indexes of Agency.
func (Agency) Indexes() []ent.Index {
	return []ent.Index{index.Fields("side", "active"), index.Fields("district")}
}

// User is an account of one person who works for an agency.
type User struct{ common }

// Fields of User. email is lower-case; duty is a workflow.Duty; lead lets a
// referrer see the agency's referrals; password_scheme and password_cost say
// how password_hash was made, so that a stronger one can replace it at the
// next sign-in; added_by is the account that added this one, which does not
// switch it on at an office of the State, and nil when a command did; wrong_in_all
// counts wrong passwords and codes since the last whole sign-in; attested_at is
// when somebody last said that the person still works there.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty(),
		field.String("title").Default(""),
		field.String("email").NotEmpty().Unique(),
		field.String("phone").Default(""),
		field.String("duty").NotEmpty(),
		of("agency_id"),
		field.Bool("lead").Default(false),
		sealedMaybe("password_hash"),
		field.String("password_scheme").Default(""),
		field.Int("password_cost").Default(0),
		field.Int("failures").Default(0),
		maybe("failures_since"),
		maybe("locked_until"),
		field.Int("wrong_in_all").Optional().Nillable(),
		maybe("password_set_at"),
		maybe("attested_at"),
		maybe("disabled_at"),
		field.Int("added_by").Optional().Nillable().Immutable(),
		moment("created_at"),
		maybe("signed_in_at"),
		rev(),
	}
}

// Edges of User.
func (User) Edges() []ent.Edge { return []ent.Edge{to("agency", Agency.Type)} }

// Indexes of User.
func (User) Indexes() []ent.Index {
	return []ent.Index{index.Fields("agency_id"), index.Fields("duty")}
}

// Annotations of User.
func (User) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Checks(map[string]string{"users_email_lower": "email = lower(email)"})}
}

// Session is a browser's session. Before somebody signs in it has no user.
type Session struct{ secret }

// Fields of Session. token_hash is the hash of what the cookie holds.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("token_hash").NotEmpty().Unique().Immutable().Sensitive(),
		ofMaybe("user_id"),
		moment("created_at"),
		field.Time("seen_at"),
		field.Time("expires_at"),
		sealed("data"),
	}
}

// Edges of Session.
func (Session) Edges() []ent.Edge { return []ent.Edge{toMaybe("user", User.Type)} }

// Indexes of Session.
func (Session) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at"), index.Fields("user_id")}
}

// Token is a bearer token of the HTTP API, kept as its hash.
type Token struct{ secret }

// Fields of Token.
func (Token) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("hash").NotEmpty().Unique().Immutable().Sensitive(),
		of("user_id"),
		field.String("label").Default(""),
		moment("created_at"),
		maybe("expires_at"),
		maybe("revoked_at"),
	}
}

// Edges of Token.
func (Token) Edges() []ent.Edge { return []ent.Edge{to("user", User.Type)} }

// Indexes of Token.
func (Token) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }
