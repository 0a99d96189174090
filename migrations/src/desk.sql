-- What waits for a caller, by kind and day: the urgent ones are found however many others are overdue.
CREATE INDEX task_waiting ON task (kind, due_on, id) WHERE state = 'planned' AND channel <> 'mail';
