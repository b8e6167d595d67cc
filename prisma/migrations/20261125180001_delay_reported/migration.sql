-- When the sender was told that the message is delayed, or it was seen that nobody is to be told: once for each
-- recipient, whatever happens to the row afterwards. No index: the sweep walks the primary key, whose ids are in the
-- order of acceptance, so that accepting and claiming cost what they did.
ALTER TABLE delivery ADD COLUMN delay_reported_at timestamptz;
