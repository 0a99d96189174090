-- What registrants tell on their own page, one sealed fact a row: whether the family knows, a question to staff. A row is never changed.
CREATE TABLE told_fact (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  recorded_at {int} NOT NULL,
  staff_id {id},
  sealed {bytes} NOT NULL,
  schema {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX told_fact_subject ON told_fact (subject_id);
-- Until which day somebody asked to be left alone.
CREATE TABLE pause (
  subject_id {id} NOT NULL PRIMARY KEY REFERENCES subject (id),
  until_on TEXT NOT NULL,
  since {int} NOT NULL,
  ended_at {int}
){table};
-- The keyed tag of the address a link went to: an answer counts for that address.
ALTER TABLE link ADD COLUMN address_tag {bytes};
