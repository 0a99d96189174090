-- Who did what since when: limits that are counted from the log.

CREATE INDEX audit_leaf_actor ON audit_leaf (actor, action, at);
