-- The delivery queue. Three tables carry the hot path:
--   outgoing_message  what was accepted: envelope sender and content, one row per message, never updated;
--   delivery          one row per recipient that is not finished yet: the live queue, small by design;
--   delivery_event    append-only: every state change, and the only trace of a finished delivery.
-- A delivered recipient costs one insert, one update (claim) and one delete in `delivery`: the row leaves
-- when its last event is written, so the table holds the backlog and not the history, and vacuum has a
-- small heap to keep clean. History goes by dropping partitions.
-- No foreign key on these three: each would lock a tenant row per insert, and partitions drop as a whole.

CREATE TYPE delivery_lane AS ENUM ('transactional', 'marketing');

-- Only unfinished states. The finished ones (delivered, bounced, expired, cancelled) are events.
CREATE TYPE delivery_state AS ENUM ('queued', 'scheduled', 'deferred', 'attempting', 'held');

CREATE TABLE outgoing_message (
  -- UUID version 7: the time it begins with chooses the partition.
  queue_id          uuid NOT NULL,
  tenant_id         uuid NOT NULL,
  account_id        uuid,
  source            text NOT NULL,
  lane              delivery_lane NOT NULL,
  -- '' is the null reverse-path.
  reverse_path      text NOT NULL,
  header_from       text NOT NULL,
  message_id_header text NOT NULL,
  subject           text,
  size              integer NOT NULL,
  -- The body needs 8BITMIME; the header or an address needs SMTPUTF8.
  needs_8bit        boolean NOT NULL,
  needs_smtputf8    boolean NOT NULL,
  dsn_ret           text CHECK (dsn_ret IN ('FULL', 'HDRS')),
  dsn_envid         text,
  accepted_at       timestamptz NOT NULL DEFAULT now(),
  -- Either here or in the blob store, which was flushed before this row was written.
  content           bytea,
  content_blob      text,
  PRIMARY KEY (queue_id),
  CHECK ((content IS NULL) <> (content_blob IS NULL))
) PARTITION BY RANGE (queue_id);

CREATE TABLE delivery (
  queue_id        uuid NOT NULL,
  recipient_no    integer NOT NULL,
  tenant_id       uuid NOT NULL,
  lane            delivery_lane NOT NULL,
  state           delivery_state NOT NULL,
  -- Lower goes first within one tenant, lane and domain.
  priority        smallint NOT NULL DEFAULT 0,
  recipient       text NOT NULL,
  -- The recipient's domain in A-labels, lower case.
  domain          text NOT NULL,
  notify          text,
  orcpt           text,
  size            integer NOT NULL,
  -- Attempts begun; the one under way counts.
  attempts        smallint NOT NULL DEFAULT 0,
  -- scheduled, deferred: when it becomes queued. attempting: when its lease ends. Otherwise without meaning.
  due_at          timestamptz NOT NULL,
  -- Set while attempting; every write by the holder must show it.
  lease_token     uuid,
  -- Undelivered by then: expired.
  expires_at      timestamptz NOT NULL,
  last_attempt_at timestamptz,
  -- Why it waits: the last deferral, or why it is held; shown to people.
  reason          text,
  PRIMARY KEY (queue_id, recipient_no),
  CHECK ((state = 'attempting') = (lease_token IS NOT NULL))
) WITH (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
);

-- What can be claimed, in an order in which the distinct (tenant, domain) pairs are found by skipping, so
-- that no backlog of one stands before another's, and recipients of one message and domain are neighbours.
CREATE INDEX delivery_ready ON delivery (lane, tenant_id, domain, priority, queue_id, recipient_no)
  WHERE state = 'queued';
-- What time alone moves: schedules, retries, and leases whose holder is gone.
CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('scheduled', 'deferred', 'attempting');

CREATE TABLE delivery_event (
  -- Commit order cannot be had from a sequence: readers go by (txid, id) and stop before the oldest
  -- transaction that is still open, so that none is skipped.
  txid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id           bigint GENERATED ALWAYS AS IDENTITY,
  at           timestamptz NOT NULL DEFAULT now(),
  tenant_id    uuid NOT NULL,
  queue_id     uuid NOT NULL,
  -- NULL: about the whole message.
  recipient_no integer,
  type         text NOT NULL,
  recipient    text,
  data         jsonb NOT NULL,
  PRIMARY KEY (txid, id, at)
) PARTITION BY RANGE (at);
CREATE INDEX delivery_event_queue_id ON delivery_event (queue_id);

-- Recipients given up (bounced, expired): what an operator lists and can replay.
CREATE TABLE dead_letter (
  queue_id     uuid NOT NULL,
  recipient_no integer NOT NULL,
  tenant_id    uuid NOT NULL,
  lane         delivery_lane NOT NULL,
  recipient    text NOT NULL,
  domain       text NOT NULL,
  notify       text,
  orcpt        text,
  size         integer NOT NULL,
  attempts     smallint NOT NULL,
  outcome      text NOT NULL CHECK (outcome IN ('bounced', 'expired')),
  category     text NOT NULL,
  reason       text NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (queue_id, recipient_no)
);
CREATE INDEX dead_letter_tenant ON dead_letter (tenant_id, at DESC);

CREATE TABLE idempotency_record (
  tenant_id  uuid NOT NULL,
  key        text NOT NULL,
  body_hash  text NOT NULL,
  queue_id   uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_record_expiry ON idempotency_record (expires_at);

-- Addresses that get nothing more. The look-up is by SHA-256 of the lower-case address, so that a
-- suppression can outlive the erasure of the address itself.
CREATE TABLE suppression (
  id           uuid PRIMARY KEY,
  -- NULL: for all tenants.
  tenant_id    uuid,
  address_hash bytea NOT NULL CHECK (octet_length(address_hash) = 32),
  reason       text NOT NULL,
  source       text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  UNIQUE NULLS NOT DISTINCT (address_hash, tenant_id)
);

-- The smallest UUID version 7 of a moment: a partition's bound.
CREATE FUNCTION uuid_v7_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the day partitions of both logs for [first, last] (UTC days) where they are missing. They are made
-- aside and attached, which does not stop writers as CREATE … PARTITION OF would.
CREATE FUNCTION ensure_delivery_partitions(first date, last date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  day date;
  made integer := 0;
  lower_bound timestamptz;
  upper_bound timestamptz;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_delivery_partitions'));
  FOR day IN SELECT generate_series(first, last, interval '1 day')::date LOOP
    lower_bound := day::timestamp AT TIME ZONE 'UTC';
    upper_bound := (day + 1)::timestamp AT TIME ZONE 'UTC';
    name := 'outgoing_message_' || to_char(day, 'YYYYMMDD');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I (LIKE outgoing_message INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name);
      EXECUTE format('ALTER TABLE outgoing_message ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                     name, uuid_v7_floor(lower_bound), uuid_v7_floor(upper_bound));
      made := made + 1;
    END IF;
    name := 'delivery_event_' || to_char(day, 'YYYYMMDD');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I (LIKE delivery_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
      EXECUTE format('ALTER TABLE delivery_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                     name, lower_bound, upper_bound);
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

SELECT ensure_delivery_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 7);
