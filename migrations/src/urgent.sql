-- What other systems know of a registration, and what is worked on against the clock: match notices of the province and death notices.
-- A step is written once and never changed: where something stands is what its steps come to.

CREATE TABLE outside (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  system TEXT NOT NULL,
  state TEXT NOT NULL,
  since TEXT NOT NULL,
  cause TEXT,
  sealed_number {bytes},
  number_tag {bytes},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL,
  UNIQUE (subject_id, system)
){table};
CREATE INDEX outside_state ON outside (state, since);
CREATE INDEX outside_number ON outside (number_tag);

CREATE TABLE outside_step (
  id {id} NOT NULL PRIMARY KEY,
  outside_id {id} NOT NULL REFERENCES outside (id),
  subject_id {id} NOT NULL,
  act TEXT NOT NULL,
  cause TEXT,
  day TEXT NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  sealed_evidence {bytes},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX outside_step_of ON outside_step (outside_id, at);

CREATE TABLE matter (
  id {id} NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject_id {id} REFERENCES subject (id),
  phase TEXT NOT NULL,
  received_at {int} NOT NULL,
  answer_by {int},
  happened_at {int},
  sealed {bytes},
  opened_by {id},
  opened_at {int} NOT NULL,
  closed_at {int},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX matter_open ON matter (kind, closed_at, received_at);
CREATE INDEX matter_subject ON matter (subject_id);

CREATE TABLE matter_step (
  id {id} NOT NULL PRIMARY KEY,
  matter_id {id} NOT NULL REFERENCES matter (id),
  number {int} NOT NULL,
  act TEXT NOT NULL,
  code TEXT,
  day TEXT NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  sealed_note {bytes},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL,
  UNIQUE (matter_id, number)
){table};

-- 应急开启: an identity opened in a hurry, and what a second person thought of it afterwards.
CREATE TABLE opening (
  id {id} NOT NULL PRIMARY KEY,
  matter_id {id} NOT NULL REFERENCES matter (id),
  staff_id {id} NOT NULL,
  reason TEXT NOT NULL,
  at {int} NOT NULL,
  review_by TEXT NOT NULL,
  reviewed_by {id},
  reviewed_at {int},
  verdict TEXT,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX opening_review ON opening (verdict, review_by);
CREATE INDEX opening_matter ON opening (matter_id);
