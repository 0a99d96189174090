-- How a registration came from one standing to another by hand, and that this was entered in error: a further row that names the first.
-- Written once, never changed; rows of one act share its id.

CREATE TABLE standing_step (
  id {id} NOT NULL PRIMARY KEY,
  act_id {id} NOT NULL,
  enrolment_id {id} NOT NULL REFERENCES enrolment (id),
  subject_id {id} NOT NULL REFERENCES subject (id),
  registry {int} NOT NULL,
  status {int} NOT NULL,
  before_status {int} NOT NULL,
  before_since TEXT NOT NULL,
  version {int} NOT NULL,
  death {bool} NOT NULL,
  undoes {id},
  why TEXT,
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX standing_step_subject ON standing_step (subject_id);
