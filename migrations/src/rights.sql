-- Keyed digests of document numbers whose holders asked to be erased and not to be taken in again from a sheet. Tied to nobody.
CREATE TABLE barred (
  digest {bytes} NOT NULL PRIMARY KEY,
  at {int} NOT NULL
){table};
-- What registrants asked for, and by when it is to be answered. Never what they said.
CREATE TABLE rights_request (
  id {id} NOT NULL PRIMARY KEY,
  person_id {id} NOT NULL,
  kind TEXT NOT NULL,
  received_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  recorded_at {int} NOT NULL,
  recorded_by {id},
  answered_at {int},
  answered_by {id},
  granted {bool},
  row_version {int} NOT NULL
){table};
CREATE INDEX rights_request_open ON rights_request (answered_at, due_on);
CREATE INDEX rights_request_person ON rights_request (person_id);
