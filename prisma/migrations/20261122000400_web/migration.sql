-- The web's own state: sessions, the sign-in trail, settings, drafts, uploads and the journal of sending.

CREATE TABLE web_session (
  id            uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id     uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id    uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  -- SHA-256 of the cookie's token; the token itself is never stored.
  token_hash    bytea NOT NULL UNIQUE,
  -- The token before the last rotation: requests already under way may still carry it for a minute.
  previous_hash bytea UNIQUE,
  rotated_at    timestamptz NOT NULL DEFAULT now(),
  persistent    boolean NOT NULL,
  ip            text NOT NULL,
  user_agent    text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at  timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL
);
CREATE INDEX web_session_account ON web_session (account_id, last_seen_at DESC);
CREATE INDEX web_session_expiry ON web_session (expires_at);

CREATE TABLE login_event (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid REFERENCES tenant(id) ON DELETE CASCADE,
  account_id uuid REFERENCES account(id) ON DELETE CASCADE,
  address    text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('sign_in', 'sign_out', 'refused', 'rate_limited', 'revoked')),
  ip         text NOT NULL,
  user_agent text NOT NULL,
  at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_event_account ON login_event (account_id, at DESC);
CREATE INDEX login_event_at ON login_event (at);

CREATE TABLE account_settings (
  account_id uuid PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  settings   jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE trusted_sender (
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  address    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, address)
);

CREATE TABLE compose_upload (
  id           uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id    uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id   uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  filename     text NOT NULL,
  content_type text NOT NULL,
  size_bytes   bigint NOT NULL,
  blob_key     text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX compose_upload_account ON compose_upload (account_id);
CREATE INDEX compose_upload_age ON compose_upload (created_at);

CREATE TABLE draft (
  id                uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id         uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id        uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  -- Grows by one with each save; a save that names another one is a conflict.
  revision          integer NOT NULL DEFAULT 1,
  fields            jsonb NOT NULL,
  -- Where the copy in the mail store's Drafts folder is, and which revision it shows.
  mailbox           text,
  uid               bigint,
  mirrored_revision integer NOT NULL DEFAULT 0,
  mirrored_at       timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX draft_account ON draft (account_id, updated_at DESC);
CREATE UNIQUE INDEX draft_copy ON draft (account_id, mailbox, uid) WHERE uid IS NOT NULL;
CREATE INDEX draft_behind ON draft (updated_at) WHERE mirrored_revision < revision;

-- One row per message sent from the web, kept for 48 hours: what makes a repeated request harmless, and what
-- brings the Sent copy, the \Answered mark and the draft's removal to an end after a crash.
CREATE TABLE web_send (
  id              uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id       uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id      uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  idempotency_key text NOT NULL,
  body_hash       text NOT NULL,
  message_id      text NOT NULL,
  state           text NOT NULL CHECK (state IN ('prepared', 'accepted', 'finished')),
  queue_id        uuid,
  -- The message as sent, until its Sent copy is stored.
  blob_key        text,
  -- What is left to do after acceptance.
  draft_id        uuid,
  answers         jsonb,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, idempotency_key)
);
CREATE INDEX web_send_unfinished ON web_send (updated_at) WHERE state <> 'finished';
CREATE INDEX web_send_age ON web_send (created_at);
