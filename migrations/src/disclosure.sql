-- Requests to see an identity. No reference to person: what was asked and decided stays when the person is erased.
CREATE TABLE disclosure (
  id {id} NOT NULL PRIMARY KEY,
  person_id {id} NOT NULL,
  asked_by {id} NOT NULL,
  reason TEXT NOT NULL,
  asked_at {int} NOT NULL,
  decided_by {id},
  decided_at {int},
  until {int},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX disclosure_open ON disclosure (decided_at, asked_at);
CREATE INDEX disclosure_whose ON disclosure (person_id, asked_by);
