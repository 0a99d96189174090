-- What readiness foretold and what came of the call, for its calibration: no person, no task, the day alone.

CREATE TABLE readiness_seen (
  id {id} NOT NULL PRIMARY KEY,
  edition TEXT NOT NULL,
  band TEXT NOT NULL,
  points {int} NOT NULL,
  reached {bool} NOT NULL,
  day TEXT NOT NULL
){table};
CREATE INDEX readiness_edition ON readiness_seen (edition, band);
