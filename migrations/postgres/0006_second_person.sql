-- modify "users" table
ALTER TABLE "users" ADD COLUMN "added_by" bigint NULL;
