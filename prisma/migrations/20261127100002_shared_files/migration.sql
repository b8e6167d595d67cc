-- Files that messages link to. Bytes are blobs, as those of compose_upload, from which a row comes.
CREATE TABLE shared_file (
  id               uuid PRIMARY KEY,
  tenant_id        uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id       uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Random; the link carries it with a signature of the installation's key, which is in no database.
  link_id          bytea NOT NULL UNIQUE,
  filename         text NOT NULL,
  content_type     text NOT NULL,
  size_bytes       bigint NOT NULL,
  blob_key         text NOT NULL,
  part_bytes       integer[],
  scan             text NOT NULL,
  downloads        integer NOT NULL DEFAULT 0,
  last_download_at timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  -- Revoking is expiring now. The scheduler takes bytes and row away after it.
  expires_at       timestamptz NOT NULL
);
CREATE INDEX shared_file_account ON shared_file (account_id, created_at DESC);
CREATE INDEX shared_file_expiry ON shared_file (expires_at);
