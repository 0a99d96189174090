-- What is recorded of a volunteer, one fact a row: a team joined or left, hours served, a first-aid certificate, skills. Which kind of fact it is
-- stands inside the seal. A row is never changed: what was recorded by mistake is undone by a further row.
CREATE TABLE service_fact (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  recorded_at {int} NOT NULL,
  staff_id {id},
  sealed {bytes} NOT NULL,
  schema {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX service_fact_subject ON service_fact (subject_id);
