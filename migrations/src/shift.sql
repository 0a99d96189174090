-- Shifts of drives, and a volunteer's place in one: whether they were expected, came, did not come. The hours of who came are facts of theirs.
CREATE TABLE shift (
  id {id} NOT NULL PRIMARY KEY,
  drive_id {id} NOT NULL REFERENCES drive (id),
  from_minute {int} NOT NULL,
  to_minute {int} NOT NULL,
  needed {int} NOT NULL,
  dropped_at {int}
){table};
CREATE INDEX shift_drive ON shift (drive_id);

CREATE TABLE turn (
  id {id} NOT NULL PRIMARY KEY,
  shift_id {id} NOT NULL REFERENCES shift (id),
  subject_id {id} NOT NULL REFERENCES subject (id),
  state TEXT NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL,
  UNIQUE (shift_id, subject_id)
){table};
CREATE INDEX turn_subject ON turn (subject_id);

-- How many donors are hoped for, and how many the blood station counted.
ALTER TABLE drive ADD COLUMN donors_target {int};
ALTER TABLE drive ADD COLUMN donors {int};
CREATE INDEX record_drive ON record (drive_id);
