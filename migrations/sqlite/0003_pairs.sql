-- create "pair_entries" table
CREATE TABLE `pair_entries` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `seq` integer NOT NULL, `at` datetime NOT NULL, `sealed` blob NOT NULL, `referral_id` integer NOT NULL, `author_id` integer NULL, CONSTRAINT `pair_entries_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION, CONSTRAINT `pair_entries_users_author` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "pairentry_referral_id_seq" to table: "pair_entries"
CREATE UNIQUE INDEX `pairentry_referral_id_seq` ON `pair_entries` (`referral_id`, `seq`);
-- create "pair_indexes" table
CREATE TABLE `pair_indexes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bits` integer NOT NULL, `generation` integer NOT NULL, `sealed` blob NOT NULL, `referral_id` integer NOT NULL, CONSTRAINT `pair_indexes_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION);
-- create index "pairindex_referral_id" to table: "pair_indexes"
CREATE UNIQUE INDEX `pairindex_referral_id` ON `pair_indexes` (`referral_id`);
-- create "pair_keys" table
CREATE TABLE `pair_keys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` integer NOT NULL, `referral_id` integer NOT NULL, CONSTRAINT `pair_keys_referrals_referral` FOREIGN KEY (`referral_id`) REFERENCES `referrals` (`id`) ON DELETE NO ACTION);
-- create index "pairkey_hash_referral_id" to table: "pair_keys"
CREATE INDEX `pairkey_hash_referral_id` ON `pair_keys` (`hash`, `referral_id`);
-- create index "pairkey_referral_id" to table: "pair_keys"
CREATE INDEX `pairkey_referral_id` ON `pair_keys` (`referral_id`);
-- What was found or decided of a pair is never rewritten. It goes as a whole
-- when one of the two referrals is withdrawn or shredded.
CREATE TRIGGER `pair_entries_no_update` BEFORE UPDATE ON `pair_entries` BEGIN
  SELECT RAISE(ABORT, 'pair_entries: rows are never changed');
END;
