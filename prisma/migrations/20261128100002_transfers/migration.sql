-- Mail that comes in from files or from an account elsewhere, and mail that goes out as a file. Worked on in steps by
-- whoever holds the lease.
CREATE TABLE mail_transfer (
  id          uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id   uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id  uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('export', 'files', 'imap')),
  -- What is asked for; of an account elsewhere everything but its password.
  spec        jsonb NOT NULL,
  -- That password, sealed; gone when the transfer has ended.
  secret      bytea,
  -- preparing: files are still coming in, or an export waits to be fetched.
  state       text NOT NULL DEFAULT 'preparing' CHECK (state IN ('preparing', 'running', 'done', 'cancelled', 'failed')),
  -- Messages: in all (0: not known yet), seen, of these here already, and of these refused.
  total       integer NOT NULL DEFAULT 0,
  done        integer NOT NULL DEFAULT 0,
  skipped     integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  -- How far it has come, in the terms of its source.
  position    jsonb,
  -- The batch that is being stored: what of it arrived is found out after a crash.
  in_flight   jsonb,
  -- Why it failed.
  problem     text,
  lease_owner uuid,
  lease_until timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  touched_at  timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz
);
CREATE INDEX mail_transfer_account ON mail_transfer (account_id, created_at DESC);
CREATE INDEX mail_transfer_open ON mail_transfer (created_at) WHERE state = 'running';

-- Whether a message is here already is asked by its Message-ID.
CREATE INDEX mailbox_message_internet_idx ON mailbox_message (account_id, hashtextextended(internet_id, 0));
