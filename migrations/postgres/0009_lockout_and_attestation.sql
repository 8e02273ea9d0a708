-- modify "users" table
ALTER TABLE "users" ADD COLUMN "wrong_in_all" bigint NULL, ADD COLUMN "password_set_at" timestamptz NULL, ADD COLUMN "attested_at" timestamptz NULL;
