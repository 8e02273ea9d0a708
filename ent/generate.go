// Package ent is the typed way to the tables that ent/schema declares. All but
// this file and the schemas is generated: it is committed and never edited. It
// holds no rules; referrals, registry, auth, audit, jobs and store are its
// only readers.
package ent

//go:generate go run entgo.io/ent/cmd/ent generate --feature privacy,sql/lock,sql/upsert,sql/execquery,sql/modifier,sql/versioned-migration ./schema
