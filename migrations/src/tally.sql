-- How many follow-ups wait for staff, by kind, channel and day: as many rows as there are of these, whatever number of follow-ups is overdue. The
-- database itself keeps it, in the transaction of whatever changes a follow-up, so that it is exact.
CREATE TABLE task_tally (
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  due_on TEXT NOT NULL,
  n {int} NOT NULL,
  PRIMARY KEY (kind, channel, due_on)
){clustered};
INSERT INTO task_tally (kind, channel, due_on, n) SELECT kind, channel, due_on, count(*) FROM task WHERE state = 'planned' AND channel <> 'mail' GROUP BY kind, channel, due_on;
