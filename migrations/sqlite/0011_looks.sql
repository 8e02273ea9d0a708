-- Who looked at a referral is asked of the log by the reference that a line
-- names first. The migration writer keeps this index: ent/schema cannot say it.
CREATE INDEX `auditentry_first_ref` ON `audit_entries` (JSON_EXTRACT(`refs`, '$[0]'), `id`);
