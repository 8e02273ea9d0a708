-- add column "wrong_in_all" to table: "users"
ALTER TABLE `users` ADD COLUMN `wrong_in_all` integer NULL;
-- add column "password_set_at" to table: "users"
ALTER TABLE `users` ADD COLUMN `password_set_at` datetime NULL;
-- add column "attested_at" to table: "users"
ALTER TABLE `users` ADD COLUMN `attested_at` datetime NULL;
