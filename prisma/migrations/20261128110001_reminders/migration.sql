-- Messages of whose silence their sender wants to be told. By Message-ID, which is known before the mail store has a copy.
CREATE TABLE mailbox_reminder (
  account_id  uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Without angle brackets.
  internet_id text COLLATE "C" NOT NULL,
  -- waiting: until remind_at. reminded: nobody had answered, and it came back to the inbox.
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'reminded')),
  sent_at     timestamptz NOT NULL,
  remind_at   timestamptz NOT NULL,
  lease_until timestamptz,
  tries       integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, internet_id)
);
CREATE INDEX mailbox_reminder_due ON mailbox_reminder (remind_at) WHERE state = 'waiting';
