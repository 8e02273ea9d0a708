-- add column "added_by" to table: "users"
ALTER TABLE `users` ADD COLUMN `added_by` integer NULL;
