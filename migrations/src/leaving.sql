-- How it was told that somebody leaves a registry: one sealed fact of each registration that was left. A row is never changed.
CREATE TABLE leave_fact (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  recorded_at {int} NOT NULL,
  staff_id {id},
  sealed {bytes} NOT NULL,
  schema {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX leave_fact_subject ON leave_fact (subject_id);
-- When a step of a death notice was, where it was not noted at once.
ALTER TABLE matter_step ADD COLUMN happened_at {int};
