-- What comes back about mail that went out: reports as they arrive, and what they cause.

-- A suppression per reason: an address may have bounced and complained, and each ends by itself.
ALTER TABLE suppression
  -- For people to read; NULL once the address was erased, while the hash goes on doing its work.
  ADD COLUMN address  text,
  -- One sentence: the reply or the report that caused it.
  ADD COLUMN detail   text,
  -- The message that it was about.
  ADD COLUMN queue_id uuid,
  DROP CONSTRAINT suppression_address_hash_tenant_id_key,
  ADD CONSTRAINT suppression_unique UNIQUE NULLS NOT DISTINCT (address_hash, tenant_id, reason);
CREATE INDEX suppression_listed ON suppression (tenant_id, created_at DESC);

-- Reports that came to our system addresses, stored before the sender's 250. The content goes when the report was
-- understood; the row stays for a while, so that the same bytes sent again are recognised.
CREATE TABLE feedback_report (
  -- UUID version 7.
  id             uuid PRIMARY KEY,
  -- Which system address: a signed return path, complaints, DMARC, TLS.
  intake         text NOT NULL CHECK (intake IN ('bounce', 'complaint', 'dmarc', 'tls')),
  recipient      text NOT NULL,
  reverse_path   text NOT NULL,
  client_address text NOT NULL,
  received_at    timestamptz NOT NULL DEFAULT now(),
  size           integer NOT NULL,
  content_hash   bytea NOT NULL CHECK (octet_length(content_hash) = 32),
  content        bytea,
  state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
  -- While waiting: not before; a worker that takes it moves this ahead, and its death shows when that is over.
  due_at         timestamptz NOT NULL DEFAULT now(),
  attempts       smallint NOT NULL DEFAULT 0,
  -- dsn, arf, dmarc, tlsrpt, autoreply, none; NULL until read.
  kind           text,
  -- joined, neutral, stored, duplicate; NULL until processed.
  outcome        text,
  -- Why: one sentence for the operator.
  detail         text,
  tenant_id      uuid,
  queue_id       uuid,
  expires_at     timestamptz NOT NULL,
  UNIQUE (content_hash, recipient)
);
CREATE INDEX feedback_report_waiting ON feedback_report (due_at) WHERE state = 'waiting';
CREATE INDEX feedback_report_expiry ON feedback_report (expires_at);
CREATE INDEX feedback_report_received ON feedback_report (received_at DESC);

-- Each effect of reports on a recipient happens once, however many reports tell of it.
CREATE TABLE feedback_effect (
  queue_id     uuid NOT NULL,
  recipient_no integer NOT NULL,
  effect       text NOT NULL,
  report_id    uuid NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (queue_id, recipient_no, effect)
);
CREATE INDEX feedback_effect_expiry ON feedback_effect (expires_at);

-- Reports of other servers about a hosted domain, as rows that can be charted.
CREATE TABLE dmarc_report (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL,
  domain       text NOT NULL,
  organization text NOT NULL,
  contact      text,
  report_id    text NOT NULL,
  begins_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  policy       jsonb NOT NULL,
  errors       text[] NOT NULL,
  -- Who handed the report in: the envelope sender's domain and the client's address.
  received_from text NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (domain, organization, report_id)
);
CREATE INDEX dmarc_report_period ON dmarc_report (domain, begins_at DESC);

CREATE TABLE dmarc_report_row (
  report_id     uuid NOT NULL REFERENCES dmarc_report (id) ON DELETE CASCADE,
  row_no        integer NOT NULL,
  source_ip     text NOT NULL,
  messages      bigint NOT NULL,
  disposition   text,
  -- Aligned results as the receiver evaluated them: pass or fail.
  dkim          text,
  spf           text,
  header_from   text NOT NULL,
  envelope_from text,
  dkim_results  jsonb NOT NULL,
  spf_results   jsonb NOT NULL,
  overrides     jsonb NOT NULL,
  PRIMARY KEY (report_id, row_no)
);

CREATE TABLE dmarc_failure (
  id             uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL,
  domain         text NOT NULL,
  at             timestamptz NOT NULL DEFAULT now(),
  source_ip      text,
  reporter       text,
  auth_failure   text,
  delivery       text,
  alignment      text,
  dkim_domain    text,
  dkim_selector  text,
  message_id     text,
  header_from    text,
  content_hash   bytea NOT NULL UNIQUE
);
CREATE INDEX dmarc_failure_domain ON dmarc_failure (domain, at DESC);

CREATE TABLE received_tls_report (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL,
  domain       text NOT NULL,
  organization text NOT NULL,
  contact      text,
  report_id    text NOT NULL,
  begins_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  received_from text NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (domain, organization, report_id)
);
CREATE INDEX received_tls_report_period ON received_tls_report (domain, begins_at DESC);

CREATE TABLE received_tls_report_policy (
  report_id       uuid NOT NULL REFERENCES received_tls_report (id) ON DELETE CASCADE,
  policy_no       integer NOT NULL,
  policy_type     text NOT NULL,
  mx_hosts        text[] NOT NULL,
  sessions_ok     bigint NOT NULL,
  sessions_failed bigint NOT NULL,
  -- Failure details as RFC 8460 4.3 has them, one object each.
  failures        jsonb NOT NULL,
  PRIMARY KEY (report_id, policy_no)
);
