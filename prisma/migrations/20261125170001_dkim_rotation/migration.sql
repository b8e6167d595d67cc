-- When a DKIM key took each step of its life: what the rotation waits for is counted from these.
ALTER TABLE dkim_key
  -- Since when its record has been in DNS without a break, as we saw it; NULL: not seen.
  ADD COLUMN seen_at    timestamptz,
  ADD COLUMN signing_at timestamptz,
  ADD COLUMN retired_at timestamptz;
UPDATE dkim_key SET signing_at = created_at WHERE status = 'signing';
