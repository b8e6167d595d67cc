-- A part of a tenant can be stopped: one of its lanes (`<tenant id> <lane>`), or what it sends as one domain
-- (`<tenant id> <domain>`); and its rates are counted by lane, too.
ALTER TABLE delivery_suspension
  DROP CONSTRAINT delivery_suspension_scope_check,
  ADD CONSTRAINT delivery_suspension_scope_check CHECK (scope IN ('tenant', 'domain', 'lane', 'mx', 'tenant-lane', 'sender-domain'));
ALTER TABLE reputation_hour
  DROP CONSTRAINT reputation_hour_scope_check,
  ADD CONSTRAINT reputation_hour_scope_check CHECK (scope IN ('tenant', 'domain', 'lane', 'egress'));
ALTER TABLE reputation_state
  DROP CONSTRAINT reputation_state_scope_check,
  ADD CONSTRAINT reputation_state_scope_check CHECK (scope IN ('tenant', 'domain', 'lane', 'egress'));
