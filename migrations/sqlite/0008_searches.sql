-- create "searches" table
CREATE TABLE `searches` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `mark` text NOT NULL, `at` datetime NOT NULL, `code` text NOT NULL, `found` integer NOT NULL, `sealed` blob NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `searches_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "searches_mark_key" to table: "searches"
CREATE UNIQUE INDEX `searches_mark_key` ON `searches` (`mark`);
-- create index "search_user_id_at" to table: "searches"
CREATE INDEX `search_user_id_at` ON `searches` (`user_id`, `at`);
