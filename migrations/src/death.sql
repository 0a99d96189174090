-- That somebody has died, and who told of it: one sealed fact of each of their registrations. A row is never changed.
CREATE TABLE death_fact (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  recorded_at {int} NOT NULL,
  staff_id {id},
  sealed {bytes} NOT NULL,
  schema {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX death_fact_subject ON death_fact (subject_id);
