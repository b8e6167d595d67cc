-- Up to when the store's journal was looked through for all accounts, so that an indexer that starts after a pause
-- looks back far enough; and since when without a gap longer than the journal tells, so that an account in which
-- nothing happened for days need not be compared with the store when something does. One row.
CREATE TABLE mailbox_poll (
  only_row   boolean PRIMARY KEY DEFAULT true,
  polled_at  timestamptz NOT NULL,
  gapless_since timestamptz NOT NULL,
  CONSTRAINT mailbox_poll_only_row_check CHECK (only_row)
);
