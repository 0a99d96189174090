-- The global registration identifier (GRID) of stem-cell registrants. A row is written once: a correction is a further one, and the last counts.

CREATE TABLE grid (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  sealed {bytes} NOT NULL,
  tag {bytes} NOT NULL,
  day TEXT NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX grid_subject ON grid (subject_id);
CREATE INDEX grid_tag ON grid (tag);
