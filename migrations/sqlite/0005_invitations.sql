-- create "invitations" table
CREATE TABLE `invitations` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` blob NOT NULL, `given_by` integer NOT NULL, `approved_by` integer NOT NULL DEFAULT (0), `approved_at` datetime NULL, `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `invitations_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE NO ACTION);
-- create index "invitations_hash_key" to table: "invitations"
CREATE UNIQUE INDEX `invitations_hash_key` ON `invitations` (`hash`);
-- create index "invitation_user_id" to table: "invitations"
CREATE INDEX `invitation_user_id` ON `invitations` (`user_id`);
