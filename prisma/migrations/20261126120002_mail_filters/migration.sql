-- Filters as their owner sees them, in their order. The mail store applies a copy: `store_ids` names it.
CREATE TABLE mail_filter (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  position   integer NOT NULL,
  name       text NOT NULL,
  enabled    boolean NOT NULL,
  conditions jsonb NOT NULL,
  actions    jsonb NOT NULL,
  -- The id of the copy in the mail store; NULL while it is off.
  store_id   text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX mail_filter_account ON mail_filter (account_id, position);

-- Where an account's mail is forwarded to, once whoever reads mail there has agreed.
CREATE TABLE forwarding_target (
  id          uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id   uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id  uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  address     text NOT NULL,
  -- SHA-256 of the token in the mailed link.
  token_hash  bytea UNIQUE,
  expires_at  timestamptz,
  -- NULL: not agreed yet, and nothing goes there.
  verified_at timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, address)
);
