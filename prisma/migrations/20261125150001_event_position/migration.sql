-- Where each reader of delivery_event stands: the last event that it has dealt with. Written in the transaction that
-- holds the reader's own effects, so that an event has them once.
CREATE TABLE IF NOT EXISTS event_position (
  consumer   text PRIMARY KEY,
  txid       xid8 NOT NULL DEFAULT '0',
  event_id   bigint NOT NULL DEFAULT 0,
  moved_at   timestamptz NOT NULL DEFAULT now()
);
