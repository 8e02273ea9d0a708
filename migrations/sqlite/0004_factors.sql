-- create "factors" table
CREATE TABLE `factors` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `mark` text NOT NULL, `handle` blob NULL, `counter` integer NOT NULL DEFAULT (0), `data` blob NOT NULL, `created_at` datetime NOT NULL, `used_at` datetime NULL, `revoked_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `factors_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "factors_mark_key" to table: "factors"
CREATE UNIQUE INDEX `factors_mark_key` ON `factors` (`mark`);
-- create index "factors_handle_key" to table: "factors"
CREATE UNIQUE INDEX `factors_handle_key` ON `factors` (`handle`);
-- create index "factor_user_id" to table: "factors"
CREATE INDEX `factor_user_id` ON `factors` (`user_id`);
-- create "recovery_codes" table
CREATE TABLE `recovery_codes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` blob NOT NULL, `created_at` datetime NOT NULL, `used_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `recovery_codes_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "recovery_codes_hash_key" to table: "recovery_codes"
CREATE UNIQUE INDEX `recovery_codes_hash_key` ON `recovery_codes` (`hash`);
-- create index "recoverycode_user_id" to table: "recovery_codes"
CREATE INDEX `recoverycode_user_id` ON `recovery_codes` (`user_id`);
