-- Reputation: counts by the hour of what became of mail, states that they lead to, and tenants that may not send.

-- The last event that is in the counts: those before it count once, also when they are read again.
CREATE TABLE reputation_counted (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  txid       xid8 NOT NULL,
  event_id   bigint NOT NULL
);
INSERT INTO reputation_counted (txid, event_id) VALUES ('0', 0);

CREATE TABLE reputation_hour (
  -- tenant: key ''. domain: the header From's domain. egress: the egress address's id, tenant_id all zeros.
  scope      text NOT NULL CHECK (scope IN ('tenant', 'domain', 'egress')),
  tenant_id  uuid NOT NULL,
  key        text NOT NULL,
  hour       timestamptz NOT NULL,
  accepted   bigint NOT NULL DEFAULT 0,
  delivered  bigint NOT NULL DEFAULT 0,
  deferred   bigint NOT NULL DEFAULT 0,
  bounced    bigint NOT NULL DEFAULT 0,
  complained bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, tenant_id, key, hour)
);
CREATE INDEX reputation_hour_hour ON reputation_hour (hour);

-- What the thresholds say now; no row: nothing to say.
CREATE TABLE reputation_state (
  scope      text NOT NULL CHECK (scope IN ('tenant', 'domain', 'egress')),
  tenant_id  uuid NOT NULL,
  key        text NOT NULL,
  level      text NOT NULL CHECK (level IN ('warn', 'slow', 'pause')),
  reason     text NOT NULL,
  since      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, tenant_id, key)
);

-- Every change of a level and every pause and resumption: who, when, why.
CREATE TABLE reputation_change (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  scope      text NOT NULL,
  tenant_id  uuid NOT NULL,
  key        text NOT NULL,
  level      text NOT NULL,
  reason     text NOT NULL,
  -- `reputation`, `clock` (a pause that was over), or an operator's name.
  by         text NOT NULL
);
CREATE INDEX reputation_change_subject ON reputation_change (tenant_id, at DESC);

ALTER TABLE tenant
  DROP CONSTRAINT tenant_status_check,
  ADD CONSTRAINT tenant_status_check CHECK (status IN ('active', 'suspended', 'paused')),
  -- Why, since when and by whom it may not send; shown to its people.
  ADD COLUMN status_reason text,
  ADD COLUMN status_since  timestamptz,
  ADD COLUMN status_by     text,
  -- paused only: active again by itself from then.
  ADD COLUMN resume_at     timestamptz,
  -- Counts of hours before this are forgiven.
  ADD COLUMN measured_from timestamptz;
