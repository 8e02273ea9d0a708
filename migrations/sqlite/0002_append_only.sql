-- What is said here stays said: these tables are only ever added to. Without
-- recursive_triggers, which store sets and reads back, INSERT OR REPLACE would
-- delete past the triggers.
CREATE TRIGGER `audit_entries_no_update` BEFORE UPDATE ON `audit_entries` BEGIN
  SELECT RAISE(ABORT, 'audit_entries: rows are only ever added');
END;
CREATE TRIGGER `audit_entries_no_delete` BEFORE DELETE ON `audit_entries` BEGIN
  SELECT RAISE(ABORT, 'audit_entries: rows are only ever added');
END;
CREATE TRIGGER `audit_leaves_no_update` BEFORE UPDATE ON `audit_leaves` BEGIN
  SELECT RAISE(ABORT, 'audit_leaves: rows are only ever added');
END;
CREATE TRIGGER `audit_leaves_no_delete` BEFORE DELETE ON `audit_leaves` BEGIN
  SELECT RAISE(ABORT, 'audit_leaves: rows are only ever added');
END;
CREATE TRIGGER `audit_hashes_no_update` BEFORE UPDATE ON `audit_hashes` BEGIN
  SELECT RAISE(ABORT, 'audit_hashes: rows are only ever added');
END;
CREATE TRIGGER `audit_hashes_no_delete` BEFORE DELETE ON `audit_hashes` BEGIN
  SELECT RAISE(ABORT, 'audit_hashes: rows are only ever added');
END;
CREATE TRIGGER `audit_checkpoints_no_update` BEFORE UPDATE ON `audit_checkpoints` BEGIN
  SELECT RAISE(ABORT, 'audit_checkpoints: rows are only ever added');
END;
CREATE TRIGGER `audit_checkpoints_no_delete` BEFORE DELETE ON `audit_checkpoints` BEGIN
  SELECT RAISE(ABORT, 'audit_checkpoints: rows are only ever added');
END;
CREATE TRIGGER `entries_no_update` BEFORE UPDATE ON `entries` BEGIN
  SELECT RAISE(ABORT, 'entries: rows are only ever added');
END;
CREATE TRIGGER `entries_no_delete` BEFORE DELETE ON `entries` BEGIN
  SELECT RAISE(ABORT, 'entries: rows are only ever added');
END;
CREATE TRIGGER `shreds_no_update` BEFORE UPDATE ON `shreds` BEGIN
  SELECT RAISE(ABORT, 'shreds: rows are only ever added');
END;
CREATE TRIGGER `shreds_no_delete` BEFORE DELETE ON `shreds` BEGIN
  SELECT RAISE(ABORT, 'shreds: rows are only ever added');
END;
-- A draft changes; what was submitted or added never does, and a draft does not
-- become a submission in place.
CREATE TRIGGER `answers_no_update` BEFORE UPDATE ON `answers` WHEN OLD.version >= 1 OR NEW.version <> OLD.version OR NEW.referral_id <> OLD.referral_id BEGIN
  SELECT RAISE(ABORT, 'answers: what was submitted is never changed');
END;
CREATE TRIGGER `answers_no_delete` BEFORE DELETE ON `answers` WHEN OLD.version >= 1 BEGIN
  SELECT RAISE(ABORT, 'answers: what was submitted is never changed');
END;
