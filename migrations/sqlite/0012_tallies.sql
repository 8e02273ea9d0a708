-- create "tallies" table
CREATE TABLE `tallies` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `user_id` integer NOT NULL DEFAULT (0), `what` text NOT NULL DEFAULT (''), `source` text NOT NULL DEFAULT (''), `at` datetime NOT NULL);
-- create index "tally_kind_user_id_what" to table: "tallies"
CREATE UNIQUE INDEX `tally_kind_user_id_what` ON `tallies` (`kind`, `user_id`, `what`);
-- create index "tally_kind_user_id_at" to table: "tallies"
CREATE INDEX `tally_kind_user_id_at` ON `tallies` (`kind`, `user_id`, `at`);
-- create index "tally_kind_at" to table: "tallies"
CREATE INDEX `tally_kind_at` ON `tallies` (`kind`, `at`);
