-- What blood stations asked for: a group, a kind, towns; never a patient. Who was called for it stands sealed with each donor.
CREATE TABLE recall (
  id {id} NOT NULL PRIMARY KEY,
  number TEXT NOT NULL,
  abo TEXT,
  rh TEXT NOT NULL,
  kind TEXT NOT NULL,
  towns TEXT NOT NULL,
  until TEXT NOT NULL,
  recorded_at {int} NOT NULL,
  recorded_by {id},
  closed_at {int}
){table};
