-- Counted from the index alone, without a look at the rows: what is due today, by whom it is done, and what waits for one person. With the
-- state apart from the person, the database went through all that is planned for each list of persons.
DROP INDEX task_due;
CREATE INDEX task_due ON task (state, due_on, channel);
DROP INDEX task_person;
CREATE INDEX task_person ON task (person_id, state);
DROP INDEX outbox_person;
CREATE INDEX outbox_person ON outbox (person_id, state);
