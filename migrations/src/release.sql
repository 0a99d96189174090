-- What anybody may read. A row is written once; approval fills its last two columns, once.
CREATE TABLE publication (
  number {int} NOT NULL PRIMARY KEY,
  as_of TEXT NOT NULL,
  body TEXT NOT NULL,
  prepared_at {int} NOT NULL,
  approved_by {id},
  approved_at {int}
){table};
