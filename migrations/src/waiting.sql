-- Few rows of large tables: imported people nobody contacted yet, and follow-ups somebody has begun.
CREATE INDEX subject_held ON subject (id) WHERE origin = 'import' AND first_contact_at IS NULL AND erased_at IS NULL;
CREATE INDEX task_in_hand ON task (due_on, id) WHERE rounds > 0;
-- Counted by kind, too, from the index alone.
DROP INDEX task_due;
CREATE INDEX task_due ON task (state, due_on, channel, kind);
