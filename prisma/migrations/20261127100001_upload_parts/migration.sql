-- Files come in parts, each a blob of its own below blob_key. A file whose part_bytes is null is one blob, blob_key itself.
ALTER TABLE compose_upload
  ADD COLUMN part_bytes    integer[],
  -- attach: a part of the message. link: kept here, the message carries an address.
  ADD COLUMN purpose       text NOT NULL DEFAULT 'attach' CHECK (purpose IN ('attach', 'link')),
  -- What clamd said of it; absent: there is none.
  ADD COLUMN scan          text NOT NULL DEFAULT 'absent' CHECK (scan IN ('clean', 'absent', 'down', 'too large')),
  -- Null while parts are missing.
  ADD COLUMN completed_at  timestamptz,
  ADD COLUMN touched_at    timestamptz NOT NULL DEFAULT now();
UPDATE compose_upload SET completed_at = created_at, touched_at = created_at;
DROP INDEX compose_upload_age;
CREATE INDEX compose_upload_touched ON compose_upload (touched_at);
