-- create "attachments" table
CREATE TABLE `attachments` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `n` integer NOT NULL, `at` datetime NOT NULL, `status` text NOT NULL, `scanned_at` datetime NULL, `original` text NOT NULL, `copy` text NOT NULL, `size` integer NOT NULL, `sealed` blob NOT NULL, `referral_id` integer NOT NULL, `author_id` integer NOT NULL, CONSTRAINT `attachments_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `attachments_users_author` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "attachments_original_key" to table: "attachments"
CREATE UNIQUE INDEX `attachments_original_key` ON `attachments` (`original`);
-- create index "attachments_copy_key" to table: "attachments"
CREATE UNIQUE INDEX `attachments_copy_key` ON `attachments` (`copy`);
-- create index "attachment_referral_id_n" to table: "attachments"
CREATE UNIQUE INDEX `attachment_referral_id_n` ON `attachments` (`referral_id`, `n`);
-- create index "attachment_status_at" to table: "attachments"
CREATE INDEX `attachment_status_at` ON `attachments` (`status`, `at`);
