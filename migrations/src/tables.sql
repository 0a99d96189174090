-- The tables of the registry, for SQLite and PostgreSQL.
-- {id} sixteen bytes; {bytes} sealed or keyed bytes; {int} 64-bit integer; {bool}; {real}; {table} closes a table.
-- Instants are microseconds since 1970-01-01T00:00:00Z; civil dates are ISO 8601 text on both databases, so that they sort and compare alike.

-- This installation ------------------------------------------------------------------------------------------------------------

CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
){table};

CREATE TABLE keyring (
  key_id {int} NOT NULL,
  purpose {int} NOT NULL,
  status {int} NOT NULL,
  wrapped {bytes} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (key_id)
){table};

CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  fence {int} NOT NULL,
  holder TEXT NOT NULL,
  until {int} NOT NULL
){table};

-- The order of commits ---------------------------------------------------------------------------------------------------------

CREATE TABLE change (
  seq {int} NOT NULL PRIMARY KEY,
  kind {int} NOT NULL,
  subject_id {id},
  person_id {id},
  other_id {id},
  at {int} NOT NULL
){table};

CREATE TABLE audit_leaf (
  seq {int} NOT NULL PRIMARY KEY,
  prev_hash {bytes} NOT NULL,
  hash {bytes} NOT NULL,
  at {int} NOT NULL,
  actor {id},
  action TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id {id},
  canonical {bytes} NOT NULL
){table};
CREATE INDEX audit_leaf_object ON audit_leaf (object_id);

-- Staff ------------------------------------------------------------------------------------------------------------------------

CREATE TABLE staff (
  id {id} NOT NULL PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  phc TEXT NOT NULL,
  roles {int} NOT NULL,
  disabled {bool} NOT NULL,
  lang TEXT NOT NULL,
  created_at {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};

CREATE TABLE session (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  staff_id {id} NOT NULL REFERENCES staff (id),
  csrf {bytes} NOT NULL,
  created_at {int} NOT NULL,
  seen_at {int} NOT NULL,
  expires_at {int} NOT NULL
){table};
CREATE INDEX session_staff ON session (staff_id);

CREATE TABLE attempt (
  id {id} NOT NULL PRIMARY KEY,
  bucket {bytes} NOT NULL,
  at {int} NOT NULL
){table};
CREATE INDEX attempt_bucket ON attempt (bucket, at);

CREATE TABLE idempotency (
  key TEXT NOT NULL,
  actor {id} NOT NULL,
  fingerprint {bytes} NOT NULL,
  status {int} NOT NULL,
  location TEXT,
  created_at {int} NOT NULL,
  PRIMARY KEY (key, actor)
){table};

-- Drives and imports -----------------------------------------------------------------------------------------------------------

CREATE TABLE drive (
  id {id} NOT NULL PRIMARY KEY,
  number {int} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  town {int},
  day TEXT NOT NULL,
  target {int}
){table};

CREATE TABLE import (
  id {id} NOT NULL PRIMARY KEY,
  fingerprint {bytes} NOT NULL,
  registry {int} NOT NULL,
  file_name TEXT NOT NULL,
  profile TEXT NOT NULL,
  judged_on TEXT,
  drive_id {id} REFERENCES drive (id),
  state TEXT NOT NULL,
  created_at {int} NOT NULL,
  created_by {id},
  admitted_at {int},
  totals TEXT NOT NULL
){table};
CREATE UNIQUE INDEX import_admitted ON import (fingerprint, registry) WHERE state = 'admitted';

CREATE TABLE import_row (
  id {id} NOT NULL PRIMARY KEY,
  import_id {id} NOT NULL REFERENCES import (id),
  sheet TEXT NOT NULL,
  number {int} NOT NULL,
  outcome TEXT NOT NULL,
  problems TEXT NOT NULL,
  subject_id {id},
  person_public_id TEXT,
  known {bool},
  prepared {bytes}
){table};
CREATE INDEX import_row_order ON import_row (import_id, sheet, number);

-- Subjects, records, persons ---------------------------------------------------------------------------------------------------

CREATE TABLE subject (
  id {id} NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL,
  created_at {int} NOT NULL,
  first_contact_at {int},
  erased_at {int},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};

CREATE TABLE subject_key (
  subject_id {id} NOT NULL REFERENCES subject (id),
  compartment {int} NOT NULL,
  version {int} NOT NULL,
  kek_id {int} NOT NULL,
  wrapped {bytes} NOT NULL,
  PRIMARY KEY (subject_id, compartment, version)
){clustered};

CREATE TABLE person (
  id {id} NOT NULL PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  founding_subject {id} NOT NULL REFERENCES subject (id),
  created_at {int} NOT NULL
){table};
CREATE INDEX person_founder ON person (founding_subject);

CREATE TABLE membership (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  person_id {id} NOT NULL REFERENCES person (id),
  since {int} NOT NULL,
  until {int},
  decision TEXT NOT NULL,
  decided_by {id},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE UNIQUE INDEX membership_open ON membership (subject_id) WHERE until IS NULL;
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE record (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  registry {int} NOT NULL,
  import_row_id {id},
  drive_id {id},
  recorded_at {int} NOT NULL,
  told_on TEXT,
  sealed_identity {bytes} NOT NULL,
  sealed_contact {bytes} NOT NULL,
  sealed_health {bytes},
  sealed_details {bytes},
  schema {int} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX record_subject ON record (subject_id);

CREATE TABLE enrolment (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  registry {int} NOT NULL,
  status {int} NOT NULL,
  since TEXT NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE UNIQUE INDEX enrolment_subject ON enrolment (subject_id, registry);

CREATE TABLE consent (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  purpose {int} NOT NULL,
  text_version TEXT NOT NULL,
  text_sha256 {bytes} NOT NULL,
  how {int} NOT NULL,
  given_at {int} NOT NULL,
  withdrawn_at {int},
  staff_id {id},
  sealed_witness {bytes},
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX consent_subject ON consent (subject_id);

CREATE TABLE identifier_claim (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  kind {int} NOT NULL,
  index_value {bytes} NOT NULL,
  key_version {int} NOT NULL,
  verified {bool} NOT NULL,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE UNIQUE INDEX identifier_claim_verified ON identifier_claim (index_value, key_version, kind) WHERE verified;
CREATE INDEX identifier_claim_value ON identifier_claim (index_value);
CREATE INDEX identifier_claim_subject ON identifier_claim (subject_id);

CREATE TABLE contact_index (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  record_id {id} NOT NULL REFERENCES record (id),
  kind TEXT NOT NULL,
  index_value {bytes} NOT NULL,
  key_version {int} NOT NULL
){table};
CREATE INDEX contact_index_value ON contact_index (index_value);
CREATE INDEX contact_index_subject ON contact_index (subject_id);

CREATE TABLE stat_link (
  subject_id {id} NOT NULL PRIMARY KEY REFERENCES subject (id),
  sealed {bytes} NOT NULL
){table};

CREATE TABLE fact (
  id {id} NOT NULL PRIMARY KEY,
  sealed {bytes} NOT NULL,
  schema {int} NOT NULL
){table};

CREATE TABLE erasure (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL,
  at {int} NOT NULL
){table};

-- What staff work through ------------------------------------------------------------------------------------------------------

CREATE TABLE correction (
  id {id} NOT NULL PRIMARY KEY,
  import_id {id},
  import_row_id {id},
  subject_id {id} NOT NULL REFERENCES subject (id),
  record_id {id} NOT NULL,
  field TEXT NOT NULL,
  problem TEXT NOT NULL,
  sealed_value {bytes},
  state TEXT NOT NULL,
  resolved_by {id},
  resolved_at {int},
  created_at {int} NOT NULL,
  row_version {int} NOT NULL
){table};
CREATE INDEX correction_state ON correction (state, id);
CREATE INDEX correction_subject ON correction (subject_id);

CREATE TABLE pair (
  id {id} NOT NULL PRIMARY KEY,
  subject_l {id} NOT NULL REFERENCES subject (id),
  subject_r {id} NOT NULL REFERENCES subject (id),
  person_l {id} NOT NULL,
  person_r {id} NOT NULL,
  weight {real} NOT NULL,
  probability {real} NOT NULL,
  decision TEXT NOT NULL,
  basis TEXT NOT NULL,
  decided_by {id},
  decided_at {int} NOT NULL,
  row_version {int} NOT NULL,
  UNIQUE (subject_l, subject_r)
){table};
CREATE INDEX pair_decision ON pair (decision, id);
CREATE INDEX pair_right ON pair (subject_r);

CREATE TABLE task (
  id {id} NOT NULL PRIMARY KEY,
  subject_id {id} NOT NULL REFERENCES subject (id),
  person_id {id} NOT NULL,
  rule TEXT NOT NULL,
  occurrence TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  due_on TEXT NOT NULL,
  zone TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  created_at {int} NOT NULL,
  row_version {int} NOT NULL,
  UNIQUE (rule, person_id, occurrence)
){table};
CREATE INDEX task_due ON task (state, due_on);
CREATE INDEX task_subject ON task (subject_id);

CREATE TABLE outbox (
  id {id} NOT NULL PRIMARY KEY,
  task_id {id},
  subject_id {id} NOT NULL REFERENCES subject (id),
  person_id {id} NOT NULL,
  rule TEXT NOT NULL,
  occurrence TEXT NOT NULL,
  kind TEXT NOT NULL,
  lang TEXT NOT NULL,
  sensitive {bool} NOT NULL,
  state TEXT NOT NULL,
  due_at {int} NOT NULL,
  lease_until {int},
  fence {int} NOT NULL,
  attempts {int} NOT NULL,
  message_id TEXT NOT NULL,
  reply TEXT,
  sent_at {int},
  created_at {int} NOT NULL,
  UNIQUE (rule, person_id, occurrence)
){table};
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_subject ON outbox (subject_id);

CREATE TABLE link (
  id {id} NOT NULL PRIMARY KEY,
  token_hash {bytes} NOT NULL UNIQUE,
  purpose TEXT NOT NULL,
  subject_id {id} NOT NULL REFERENCES subject (id),
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  used_at {int},
  wrong {int} NOT NULL,
  closed_at {int}
){table};
CREATE INDEX link_subject ON link (subject_id);

CREATE TABLE campaign (
  id {id} NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  filter TEXT NOT NULL,
  count {int} NOT NULL,
  requested_by {id} NOT NULL,
  created_at {int} NOT NULL,
  confirmed_by {id},
  confirmed_at {int},
  state TEXT NOT NULL
){table};
