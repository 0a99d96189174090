-- Every attempt to hand a mail over: what the pace is counted by over all processes, and what the mail server said each time. The domain is a
-- keyed tag; the reply holds no address.

CREATE TABLE delivery (
  id {id} NOT NULL PRIMARY KEY,
  outbox_id {id} NOT NULL REFERENCES outbox (id),
  domain_tag {bytes} NOT NULL,
  begun_at {int} NOT NULL,
  ended_at {int},
  outcome TEXT,
  reply TEXT
){table};
CREATE INDEX delivery_begun ON delivery (begun_at);
CREATE INDEX delivery_domain ON delivery (domain_tag, begun_at);
CREATE INDEX delivery_outbox ON delivery (outbox_id);
