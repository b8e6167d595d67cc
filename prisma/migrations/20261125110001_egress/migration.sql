-- Addresses that mail goes out from, pools of them, who uses which pool, and their warm-up.

CREATE TABLE egress_pool (
  id               uuid PRIMARY KEY DEFAULT uuidv7(),
  name             text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  -- Only this tenant's mail goes out by it. NULL: shared.
  dedicated_to     uuid REFERENCES tenant (id),
  -- Where mail goes when no address of this pool may take it now. NULL: it waits.
  overflow_pool_id uuid REFERENCES egress_pool (id) CHECK (overflow_pool_id <> id),
  created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE egress_address (
  id             uuid PRIMARY KEY DEFAULT uuidv7(),
  name           text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  -- NULL: whichever the system takes.
  source_address inet UNIQUE CHECK (source_address = host(source_address)::inet),
  ehlo_name      text NOT NULL,
  status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'retired')),
  -- paused: by an operator, until then or for good.
  paused_until   timestamptz,
  reason         text,
  -- An operator's own caps by provider; NULL: the defaults.
  schedule       jsonb,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CHECK (paused_until IS NULL OR status = 'paused')
);

CREATE TABLE egress_pool_address (
  pool_id    uuid NOT NULL REFERENCES egress_pool (id) ON DELETE CASCADE,
  address_id uuid NOT NULL REFERENCES egress_address (id) ON DELETE CASCADE,
  weight     integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
  PRIMARY KEY (pool_id, address_id)
);

-- The most exact row decides: tenant and lane, tenant, lane, all.
CREATE TABLE egress_assignment (
  id        uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id uuid REFERENCES tenant (id) ON DELETE CASCADE,
  lane      delivery_lane,
  pool_id   uuid NOT NULL REFERENCES egress_pool (id),
  UNIQUE NULLS NOT DISTINCT (tenant_id, lane)
);

-- server/delivery/egress/warmup.ts says what these mean. Days are UTC days.
CREATE TABLE egress_warmup (
  address_id    uuid NOT NULL REFERENCES egress_address (id) ON DELETE CASCADE,
  provider      text NOT NULL,
  phase         text NOT NULL CHECK (phase IN ('warming', 'warmed', 'paused')),
  stage         integer NOT NULL CHECK (stage >= 0),
  paused_until  date,
  pauses        integer NOT NULL,
  last_pause_on date,
  measured_from date NOT NULL,
  rolled_to     date NOT NULL,
  reason        text,
  PRIMARY KEY (address_id, provider),
  CHECK ((phase = 'paused') = (paused_until IS NOT NULL))
);

CREATE TABLE egress_day (
  address_id uuid NOT NULL REFERENCES egress_address (id) ON DELETE CASCADE,
  provider   text NOT NULL,
  day        date NOT NULL,
  -- Of the day's cap, handed out to workers; what they did not use comes back.
  granted    integer NOT NULL DEFAULT 0,
  -- Counted from the event log. Recipients whose fate a server told; complaints by the day of sending.
  sent       integer NOT NULL DEFAULT 0,
  delivered  integer NOT NULL DEFAULT 0,
  bounced    integer NOT NULL DEFAULT 0,
  throttled  integer NOT NULL DEFAULT 0,
  complained integer NOT NULL DEFAULT 0,
  PRIMARY KEY (address_id, provider, day)
) WITH (fillfactor = 80);

-- What was decided about an address, by whom and why.
CREATE TABLE egress_event (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  address_id uuid NOT NULL REFERENCES egress_address (id) ON DELETE CASCADE,
  -- NULL: about the whole address.
  provider   text,
  type       text NOT NULL,
  reason     text NOT NULL,
  -- warm-up, or operator.
  by         text NOT NULL
);
CREATE INDEX egress_event_address ON egress_event (address_id, id DESC);

-- Counts every change of what workers choose by: they look at this number and read the tables when it has moved.
CREATE TABLE egress_version (
  single  boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL
);
INSERT INTO egress_version (version) VALUES (1);
CREATE FUNCTION bump_egress_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE egress_version SET version = version + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER egress_pool_changed AFTER INSERT OR UPDATE OR DELETE ON egress_pool
  FOR EACH STATEMENT EXECUTE FUNCTION bump_egress_version();
CREATE TRIGGER egress_address_changed AFTER INSERT OR UPDATE OR DELETE ON egress_address
  FOR EACH STATEMENT EXECUTE FUNCTION bump_egress_version();
CREATE TRIGGER egress_pool_address_changed AFTER INSERT OR UPDATE OR DELETE ON egress_pool_address
  FOR EACH STATEMENT EXECUTE FUNCTION bump_egress_version();
CREATE TRIGGER egress_assignment_changed AFTER INSERT OR UPDATE OR DELETE ON egress_assignment
  FOR EACH STATEMENT EXECUTE FUNCTION bump_egress_version();
CREATE TRIGGER egress_warmup_changed AFTER INSERT OR UPDATE OR DELETE ON egress_warmup
  FOR EACH STATEMENT EXECUTE FUNCTION bump_egress_version();
