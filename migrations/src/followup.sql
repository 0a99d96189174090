-- What follow-up has to remember beyond the first tables: when a contact was made and how often it was tried, which ways of contact are on
-- hold, and which returned mails were read.

ALTER TABLE task ADD COLUMN done_on TEXT;
ALTER TABLE task ADD COLUMN rounds {int} NOT NULL DEFAULT 0;
CREATE INDEX task_done ON task (done_on);
CREATE INDEX task_person ON task (person_id);

ALTER TABLE outbox ADD COLUMN address_tag {bytes};
CREATE INDEX outbox_person ON outbox (person_id);
CREATE INDEX outbox_sent ON outbox (sent_at);

CREATE TABLE hold (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  channel TEXT NOT NULL,
  address_tag {bytes} NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  since {int} NOT NULL,
  lifted_at {int}
){table};
CREATE INDEX hold_subject ON hold (subject_id);

CREATE TABLE bounce (
  id {id} NOT NULL PRIMARY KEY,
  fingerprint {bytes} NOT NULL UNIQUE,
  outbox_id {id},
  subject_id {id},
  address_tag {bytes},
  class TEXT NOT NULL,
  status TEXT,
  at {int} NOT NULL
){table};
CREATE INDEX bounce_address ON bounce (address_tag, at);
CREATE INDEX bounce_class ON bounce (class, at);
