-- What is said here stays said: these tables are only ever added to.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER "audit_entries_no_change" BEFORE UPDATE OR DELETE ON "audit_entries" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_entries_no_truncate" BEFORE TRUNCATE ON "audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_leaves_no_change" BEFORE UPDATE OR DELETE ON "audit_leaves" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_leaves_no_truncate" BEFORE TRUNCATE ON "audit_leaves" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_hashes_no_change" BEFORE UPDATE OR DELETE ON "audit_hashes" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_hashes_no_truncate" BEFORE TRUNCATE ON "audit_hashes" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_checkpoints_no_change" BEFORE UPDATE OR DELETE ON "audit_checkpoints" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_checkpoints_no_truncate" BEFORE TRUNCATE ON "audit_checkpoints" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "entries_no_change" BEFORE UPDATE OR DELETE ON "entries" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "entries_no_truncate" BEFORE TRUNCATE ON "entries" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "shreds_no_change" BEFORE UPDATE OR DELETE ON "shreds" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "shreds_no_truncate" BEFORE TRUNCATE ON "shreds" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
-- A draft changes; what was submitted or added never does, and a draft does not
-- become a submission in place.
CREATE TRIGGER "answers_no_update" BEFORE UPDATE ON "answers" FOR EACH ROW WHEN (OLD.version >= 1 OR NEW.version <> OLD.version OR NEW.referral_id <> OLD.referral_id) EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "answers_no_delete" BEFORE DELETE ON "answers" FOR EACH ROW WHEN (OLD.version >= 1) EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "answers_no_truncate" BEFORE TRUNCATE ON "answers" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
