-- Where an operator has bound a waiting recipient to go: by a pool of egress addresses, or to a host instead of its site
-- (`host:port`, as in EIDER_ROUTES). NULL, as nearly always: as everything.
ALTER TABLE delivery
  ADD COLUMN egress_pool uuid,
  ADD COLUMN route       text;
-- Bound rows are claimed on their own: what holds their queue up is not what they wait for. Few rows, mostly none.
CREATE INDEX delivery_bound ON delivery (lane, tenant_id, domain)
  WHERE state = 'queued' AND (egress_pool IS NOT NULL OR route IS NOT NULL);
