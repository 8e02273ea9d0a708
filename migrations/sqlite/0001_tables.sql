-- create "agencies" table
CREATE TABLE `agencies` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `kind` text NOT NULL, `side` text NOT NULL, `designated` text NOT NULL DEFAULT ('not_applicable'), `district` text NOT NULL DEFAULT (''), `email_domain` text NOT NULL DEFAULT (''), `active` bool NOT NULL DEFAULT (true), `created_at` datetime NOT NULL, `rev` integer NOT NULL DEFAULT (1));
-- create index "agency_side_active" to table: "agencies"
CREATE INDEX `agency_side_active` ON `agencies` (`side`, `active`);
-- create index "agency_district" to table: "agencies"
CREATE INDEX `agency_district` ON `agencies` (`district`);
-- create "answers" table
CREATE TABLE `answers` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `version` integer NOT NULL, `kind` text NOT NULL, `at` datetime NOT NULL, `sealed` blob NOT NULL, `digest` text NOT NULL DEFAULT (''), `referral_id` integer NOT NULL, `author_id` integer NOT NULL, CONSTRAINT `answers_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `answers_users_author` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `answers_draft` CHECK (kind = 'draft' AND version = 0 OR kind <> 'draft' AND version > 0));
-- create index "answers_referral_id_version" to table: "answers"
CREATE UNIQUE INDEX `answers_referral_id_version` ON `answers` (`referral_id`, `version`);
-- create "audit_checkpoints" table
CREATE TABLE `audit_checkpoints` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `size` integer NOT NULL, `text` text NOT NULL, `at` datetime NOT NULL);
-- create index "auditcheckpoint_size" to table: "audit_checkpoints"
CREATE INDEX `auditcheckpoint_size` ON `audit_checkpoints` (`size`);
-- create "audit_entries" table
CREATE TABLE `audit_entries` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `actor` integer NOT NULL DEFAULT (0), `duty` text NOT NULL DEFAULT (''), `agency` integer NOT NULL DEFAULT (0), `action` text NOT NULL, `outcome` text NOT NULL DEFAULT (''), `refs` json NULL, `handover` integer NOT NULL DEFAULT (0), `fields` json NULL, `reason` text NOT NULL DEFAULT (''), `rule` text NOT NULL DEFAULT (''), `source` text NOT NULL DEFAULT (''));
-- create index "auditentry_actor" to table: "audit_entries"
CREATE INDEX `auditentry_actor` ON `audit_entries` (`actor`);
-- create "audit_hashes" table
CREATE TABLE `audit_hashes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `idx` integer NOT NULL, `hash` blob NOT NULL);
-- create index "audit_hashes_idx_key" to table: "audit_hashes"
CREATE UNIQUE INDEX `audit_hashes_idx_key` ON `audit_hashes` (`idx`);
-- create "audit_leaves" table
CREATE TABLE `audit_leaves` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `index` integer NOT NULL, `entry_id` integer NOT NULL, `hash` blob NOT NULL);
-- create index "audit_leaves_index_key" to table: "audit_leaves"
CREATE UNIQUE INDEX `audit_leaves_index_key` ON `audit_leaves` (`index`);
-- create index "audit_leaves_entry_id_key" to table: "audit_leaves"
CREATE UNIQUE INDEX `audit_leaves_entry_id_key` ON `audit_leaves` (`entry_id`);
-- create "contact_points" table
CREATE TABLE `contact_points` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `key` text NOT NULL, `kind` text NOT NULL, `district` text NOT NULL DEFAULT (''), `name` text NOT NULL, `counties` json NULL, `region` text NOT NULL DEFAULT (''), `languages` json NULL, `specialties` json NULL, `phone` text NOT NULL DEFAULT (''), `address` text NOT NULL DEFAULT (''), `email` text NOT NULL DEFAULT (''), `url` text NOT NULL DEFAULT (''), `source` text NOT NULL DEFAULT (''), `verified_on` text NOT NULL DEFAULT (''), `verified_by` text NOT NULL DEFAULT (''), `verified_how` text NOT NULL DEFAULT (''), `valid_from` text NOT NULL DEFAULT (''), `valid_to` text NOT NULL DEFAULT (''), `capacity_rank` integer NOT NULL DEFAULT (0), `rev` integer NOT NULL DEFAULT (1), `agency_id` integer NULL, CONSTRAINT `contact_points_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION);
-- create index "contact_points_key_key" to table: "contact_points"
CREATE UNIQUE INDEX `contact_points_key_key` ON `contact_points` (`key`);
-- create index "contactpoint_kind" to table: "contact_points"
CREATE INDEX `contactpoint_kind` ON `contact_points` (`kind`);
-- create index "contactpoint_district" to table: "contact_points"
CREATE INDEX `contactpoint_district` ON `contact_points` (`district`);
-- create index "contactpoint_agency_id" to table: "contact_points"
CREATE INDEX `contactpoint_agency_id` ON `contact_points` (`agency_id`);
-- create "documents" table
CREATE TABLE `documents` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `handover` integer NOT NULL DEFAULT (0), `version` integer NOT NULL, `made_at` datetime NOT NULL, `digest` text NOT NULL, `sealed` blob NOT NULL, `referral_id` integer NOT NULL, CONSTRAINT `documents_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION);
-- create index "document_referral_id_kind_handover_version" to table: "documents"
CREATE UNIQUE INDEX `document_referral_id_kind_handover_version` ON `documents` (`referral_id`, `kind`, `handover`, `version`);
-- create "entries" table
CREATE TABLE `entries` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `seq` integer NOT NULL, `handover` integer NOT NULL DEFAULT (0), `action` text NOT NULL, `at` datetime NOT NULL, `from_status` text NOT NULL DEFAULT (''), `to_status` text NOT NULL DEFAULT (''), `sealed` blob NULL, `referral_id` integer NOT NULL, `author_id` integer NULL, CONSTRAINT `entries_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `entries_users_author` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "entry_referral_id_seq" to table: "entries"
CREATE UNIQUE INDEX `entry_referral_id_seq` ON `entries` (`referral_id`, `seq`);
-- create "handovers" table
CREATE TABLE `handovers` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `n` integer NOT NULL, `status` text NOT NULL, `rev` integer NOT NULL DEFAULT (1), `proposed_at` datetime NULL, `sent_at` datetime NULL, `accept_by` datetime NULL, `accepted_at` datetime NULL, `reached_at` datetime NULL, `closed_at` datetime NULL, `next_at` datetime NULL, `sealed` blob NULL, `referral_id` integer NOT NULL, `agency_id` integer NULL, `contact_id` integer NULL, CONSTRAINT `handovers_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `handovers_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION, CONSTRAINT `handovers_contact_points_contact` FOREIGN KEY (`contact_id`) REFERENCES `contact_points` (`id`) ON DELETE NO ACTION);
-- create index "handover_referral_id_n" to table: "handovers"
CREATE UNIQUE INDEX `handover_referral_id_n` ON `handovers` (`referral_id`, `n`);
-- create index "handover_agency_id_status" to table: "handovers"
CREATE INDEX `handover_agency_id_status` ON `handovers` (`agency_id`, `status`);
-- create index "handover_status_next_at" to table: "handovers"
CREATE INDEX `handover_status_next_at` ON `handovers` (`status`, `next_at`);
-- create "letters" table
CREATE TABLE `letters` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `n` integer NOT NULL, `created_at` datetime NOT NULL, `sent_at` datetime NULL, `acknowledged_at` datetime NULL, `sealed` blob NULL, `referral_id` integer NOT NULL, `agency_id` integer NULL, `contact_id` integer NULL, CONSTRAINT `letters_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `letters_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION, CONSTRAINT `letters_contact_points_contact` FOREIGN KEY (`contact_id`) REFERENCES `contact_points` (`id`) ON DELETE NO ACTION);
-- create index "letter_referral_id_n" to table: "letters"
CREATE UNIQUE INDEX `letter_referral_id_n` ON `letters` (`referral_id`, `n`);
-- create index "letter_agency_id" to table: "letters"
CREATE INDEX `letter_agency_id` ON `letters` (`agency_id`);
-- create "referrals" table
CREATE TABLE `referrals` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `ref` text NOT NULL, `status` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `submitted_at` datetime NULL, `due_at` datetime NULL, `route_due_at` datetime NULL, `decided_at` datetime NULL, `closed_at` datetime NULL, `rev` integer NOT NULL DEFAULT (1), `data_key` blob NULL, `facets` blob NULL, `shredded_at` datetime NULL, `agency_id` integer NOT NULL, `author_id` integer NOT NULL, `assigned_id` integer NULL, CONSTRAINT `referrals_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION, CONSTRAINT `referrals_users_author` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `referrals_users_assigned` FOREIGN KEY (`assigned_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "referrals_ref_key" to table: "referrals"
CREATE UNIQUE INDEX `referrals_ref_key` ON `referrals` (`ref`);
-- create index "referral_status_due_at_id" to table: "referrals"
CREATE INDEX `referral_status_due_at_id` ON `referrals` (`status`, `due_at`, `id`);
-- create index "referral_agency_id_status" to table: "referrals"
CREATE INDEX `referral_agency_id_status` ON `referrals` (`agency_id`, `status`);
-- create index "referral_author_id_submitted_at" to table: "referrals"
CREATE INDEX `referral_author_id_submitted_at` ON `referrals` (`author_id`, `submitted_at`);
-- create index "referral_assigned_id_status" to table: "referrals"
CREATE INDEX `referral_assigned_id_status` ON `referrals` (`assigned_id`, `status`);
-- create "requests" table
CREATE TABLE `requests` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `key_hash` blob NOT NULL, `body_hash` blob NOT NULL, `ref` text NOT NULL, `at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `requests_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "request_user_id_key_hash" to table: "requests"
CREATE UNIQUE INDEX `request_user_id_key_hash` ON `requests` (`user_id`, `key_hash`);
-- create index "request_at" to table: "requests"
CREATE INDEX `request_at` ON `requests` (`at`);
-- create "sessions" table
CREATE TABLE `sessions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `token_hash` blob NOT NULL, `created_at` datetime NOT NULL, `seen_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `data` blob NOT NULL, `user_id` integer NULL, CONSTRAINT `sessions_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "sessions_token_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_token_hash_key` ON `sessions` (`token_hash`);
-- create index "session_expires_at" to table: "sessions"
CREATE INDEX `session_expires_at` ON `sessions` (`expires_at`);
-- create index "session_user_id" to table: "sessions"
CREATE INDEX `session_user_id` ON `sessions` (`user_id`);
-- create "settings" table
CREATE TABLE `settings` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `key` text NOT NULL, `value` text NOT NULL);
-- create index "settings_key_key" to table: "settings"
CREATE UNIQUE INDEX `settings_key_key` ON `settings` (`key`);
-- create "shreds" table
CREATE TABLE `shreds` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `ref` text NOT NULL, `at` datetime NOT NULL, `by` integer NOT NULL DEFAULT (0));
-- create index "shreds_ref_key" to table: "shreds"
CREATE UNIQUE INDEX `shreds_ref_key` ON `shreds` (`ref`);
-- create "tasks" table
CREATE TABLE `tasks` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `handover` integer NOT NULL DEFAULT (0), `duty` text NOT NULL, `created_at` datetime NOT NULL, `due_at` datetime NULL, `done_at` datetime NULL, `sealed` blob NULL, `referral_id` integer NULL, `agency_id` integer NULL, `done_by_id` integer NULL, `contact_id` integer NULL, CONSTRAINT `tasks_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `tasks_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION, CONSTRAINT `tasks_users_done_by` FOREIGN KEY (`done_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `tasks_contact_points_contact` FOREIGN KEY (`contact_id`) REFERENCES `contact_points` (`id`) ON DELETE NO ACTION);
-- create index "task_duty_done_at_due_at" to table: "tasks"
CREATE INDEX `task_duty_done_at_due_at` ON `tasks` (`duty`, `done_at`, `due_at`);
-- create index "task_agency_id_done_at" to table: "tasks"
CREATE INDEX `task_agency_id_done_at` ON `tasks` (`agency_id`, `done_at`);
-- create index "task_referral_id" to table: "tasks"
CREATE INDEX `task_referral_id` ON `tasks` (`referral_id`);
-- create "tokens" table
CREATE TABLE `tokens` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` blob NOT NULL, `label` text NOT NULL DEFAULT (''), `created_at` datetime NOT NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `tokens_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "tokens_hash_key" to table: "tokens"
CREATE UNIQUE INDEX `tokens_hash_key` ON `tokens` (`hash`);
-- create index "token_user_id" to table: "tokens"
CREATE INDEX `token_user_id` ON `tokens` (`user_id`);
-- create "users" table
CREATE TABLE `users` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `title` text NOT NULL DEFAULT (''), `email` text NOT NULL, `phone` text NOT NULL DEFAULT (''), `duty` text NOT NULL, `lead` bool NOT NULL DEFAULT (false), `password_hash` blob NULL, `password_scheme` text NOT NULL DEFAULT (''), `password_cost` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `failures_since` datetime NULL, `locked_until` datetime NULL, `disabled_at` datetime NULL, `created_at` datetime NOT NULL, `signed_in_at` datetime NULL, `rev` integer NOT NULL DEFAULT (1), `agency_id` integer NOT NULL, CONSTRAINT `users_agencies_agency` FOREIGN KEY (`agency_id`) REFERENCES `agencies` (`id`) ON DELETE NO ACTION, CONSTRAINT `users_email_lower` CHECK (email = lower(email)));
-- create index "users_email_key" to table: "users"
CREATE UNIQUE INDEX `users_email_key` ON `users` (`email`);
-- create index "user_agency_id" to table: "users"
CREATE INDEX `user_agency_id` ON `users` (`agency_id`);
-- create index "user_duty" to table: "users"
CREATE INDEX `user_duty` ON `users` (`duty`);
