-- Who asks for a right (个人信息保护法, 49: relatives of somebody who died), what proved it, why it was refused, and how it was done where not here.
ALTER TABLE rights_request ADD COLUMN asked_by TEXT NOT NULL DEFAULT 'self';
ALTER TABLE rights_request ADD COLUMN proof TEXT;
ALTER TABLE rights_request ADD COLUMN refusal TEXT;
ALTER TABLE rights_request ADD COLUMN done_how TEXT;

-- Contact allowed again after an objection or refused calls: a further act. What was said before stays.
CREATE TABLE contact_again (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  why TEXT NOT NULL,
  at {int} NOT NULL,
  by_staff {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX contact_again_subject ON contact_again (subject_id);

-- Whose a sample barcode is, by its keyed digest: one registrant's.
CREATE TABLE barcode (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  tag {bytes} NOT NULL UNIQUE,
  at {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX barcode_subject ON barcode (subject_id);

-- The list of what is closed, newest first, by key.
CREATE INDEX matter_closed ON matter (closed_at, id);
