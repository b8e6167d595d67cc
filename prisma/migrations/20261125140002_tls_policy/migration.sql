-- MTA-STS policies of other domains (RFC 8461), kept for their max_age: whoever takes a policy's DNS record or web
-- server away does not take its protection away. Only the latest policy of a domain counts.
CREATE TABLE mta_sts_policy (
  domain          text PRIMARY KEY,
  -- The id in the TXT record when it was fetched.
  policy_id       text NOT NULL,
  mode            text NOT NULL CHECK (mode IN ('enforce', 'testing', 'none')),
  mx_patterns     text[] NOT NULL,
  max_age_seconds bigint NOT NULL,
  -- As published, for reports.
  lines           text[] NOT NULL,
  fetched_at      timestamptz NOT NULL DEFAULT now(),
  expires_at      timestamptz NOT NULL
);
CREATE INDEX mta_sts_policy_expiry ON mta_sts_policy (expires_at);

-- What the operator demands of connections to a domain: to its MX hosts, whatever it publishes itself.
CREATE TABLE tls_demand (
  -- A-labels in lower case; `*.example.com` for all below it.
  domain     text PRIMARY KEY,
  level      text NOT NULL CHECK (level IN ('required', 'verified')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- TLS sessions by day and what became of them (RFC 8460): sums, no addresses of people.
CREATE TABLE tls_result (
  day            date NOT NULL,
  policy_domain  text NOT NULL,
  policy_type    text NOT NULL CHECK (policy_type IN ('tlsa', 'sts', 'no-policy-found')),
  -- As published: lines of the MTA-STS policy, or TLSA records.
  policy_strings text[] NOT NULL,
  mx_patterns    text[] NOT NULL,
  -- 'success', or a result type of RFC 8460 4.3.
  result         text NOT NULL,
  mx_host        text NOT NULL,
  receiving_ip   text NOT NULL,
  sending_ip     text NOT NULL,
  reason         text NOT NULL,
  sessions       bigint NOT NULL,
  -- Of all columns but the last, so that the key stays small.
  key            bytea NOT NULL CHECK (octet_length(key) = 32),
  PRIMARY KEY (day, key)
);
CREATE INDEX tls_result_domain ON tls_result (day, policy_domain);

-- One report per domain and day: made once, however many schedulers run.
CREATE TABLE tls_report (
  day           date NOT NULL,
  policy_domain text NOT NULL,
  report_id     text NOT NULL,
  -- pending: to be sent; sent; none: the domain asks for none; failed: given up.
  state         text NOT NULL CHECK (state IN ('pending', 'sent', 'none', 'failed')),
  attempts      integer NOT NULL DEFAULT 0,
  next_at       timestamptz NOT NULL DEFAULT now(),
  -- Where it went, or why not.
  detail        text,
  PRIMARY KEY (day, policy_domain)
);
CREATE INDEX tls_report_pending ON tls_report (next_at) WHERE state = 'pending';
