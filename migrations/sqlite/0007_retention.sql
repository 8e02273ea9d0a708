-- add column "warned_at" to table: "referrals"
ALTER TABLE `referrals` ADD COLUMN `warned_at` datetime NULL;
-- create "disclosures" table
CREATE TABLE `disclosures` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `n` integer NOT NULL, `status` text NOT NULL, `created_at` datetime NOT NULL, `due_at` datetime NOT NULL, `ended_at` datetime NULL, `sealed` blob NOT NULL, `rev` integer NOT NULL DEFAULT (1), `referral_id` integer NOT NULL, `prepared_by_id` integer NOT NULL, `ended_by_id` integer NULL, CONSTRAINT `disclosures_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `disclosures_users_prepared_by` FOREIGN KEY (`prepared_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `disclosures_users_ended_by` FOREIGN KEY (`ended_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "disclosure_referral_id_n" to table: "disclosures"
CREATE UNIQUE INDEX `disclosure_referral_id_n` ON `disclosures` (`referral_id`, `n`);
-- create index "disclosure_status_due_at" to table: "disclosures"
CREATE INDEX `disclosure_status_due_at` ON `disclosures` (`status`, `due_at`);
-- create "disposals" table
CREATE TABLE `disposals` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `status` text NOT NULL, `proposed_at` datetime NOT NULL, `decided_at` datetime NULL, `reason` text NOT NULL DEFAULT (''), `done_at` datetime NULL, `digest` text NOT NULL DEFAULT (''), `rev` integer NOT NULL DEFAULT (1), `proposed_by_id` integer NOT NULL, `decided_by_id` integer NULL, CONSTRAINT `disposals_users_proposed_by` FOREIGN KEY (`proposed_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `disposals_users_decided_by` FOREIGN KEY (`decided_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "disposal_status" to table: "disposals"
CREATE INDEX `disposal_status` ON `disposals` (`status`);
-- create "disposal_items" table
CREATE TABLE `disposal_items` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `outcome` text NOT NULL, `due_at` datetime NOT NULL, `done_at` datetime NULL, `left_out` text NOT NULL DEFAULT (''), `disposal_id` integer NOT NULL, `referral_id` integer NOT NULL, CONSTRAINT `disposal_items_disposals_disposal` FOREIGN KEY (`disposal_id`) REFERENCES `disposals` (`id`) ON DELETE NO ACTION, CONSTRAINT `disposal_items_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION);
-- create index "disposalitem_disposal_id_referral_id" to table: "disposal_items"
CREATE UNIQUE INDEX `disposalitem_disposal_id_referral_id` ON `disposal_items` (`disposal_id`, `referral_id`);
-- create index "disposalitem_referral_id" to table: "disposal_items"
CREATE INDEX `disposalitem_referral_id` ON `disposal_items` (`referral_id`);
-- create "holds" table
CREATE TABLE `holds` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `n` integer NOT NULL, `status` text NOT NULL, `placed_at` datetime NOT NULL, `ended_at` datetime NULL, `sealed` blob NOT NULL, `rev` integer NOT NULL DEFAULT (1), `referral_id` integer NOT NULL, `placed_by_id` integer NOT NULL, `asked_by_id` integer NULL, CONSTRAINT `holds_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `holds_users_placed_by` FOREIGN KEY (`placed_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION, CONSTRAINT `holds_users_asked_by` FOREIGN KEY (`asked_by_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "hold_referral_id_n" to table: "holds"
CREATE UNIQUE INDEX `hold_referral_id_n` ON `holds` (`referral_id`, `n`);
-- create index "hold_status" to table: "holds"
CREATE INDEX `hold_status` ON `holds` (`status`);
