-- 救助 and 缅怀: each is a matter with a subject of its own, whose keys seal the beneficiary or the family's wish, so that no row ties a donor
-- to a recipient. A donor family's case and a remembrance name the death notice after whose decision they were opened; a recipient's none.

CREATE TABLE care (
  id {id} NOT NULL PRIMARY KEY REFERENCES matter (id),
  kind TEXT NOT NULL,
  notice_id {id} REFERENCES matter (id),
  cents {int},
  fund TEXT,
  row_version {int} NOT NULL,
  row_mac {bytes} NOT NULL
){table};
CREATE INDEX care_notice ON care (notice_id);
