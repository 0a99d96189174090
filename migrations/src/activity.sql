-- Publicity and mobilisation (宣传, 动员): what was done, when, where, how many it reached. Nothing tells of anybody: every column is a number, a
-- day, or a word of a closed list. A row never changes; what was wrong is struck out by a further row, and stays.
CREATE TABLE activity (
  id {id} NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  registry {int} NOT NULL,
  held_on TEXT NOT NULL,
  place TEXT NOT NULL,
  town {int},
  reached {int} NOT NULL,
  leaflets {int} NOT NULL,
  staff_there {int} NOT NULL,
  volunteers_there {int} NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX activity_held ON activity (held_on, id);

CREATE TABLE activity_strike (
  id {id} NOT NULL PRIMARY KEY REFERENCES activity (id),
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
