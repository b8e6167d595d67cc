-- Messages that have just arrived in mailboxes with filters that label: noted by whoever indexes them, labelled by the web's
-- chores, since the mail store's filters set no keywords.
CREATE TABLE mailbox_label_due (
  account_id  uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_key text COLLATE "C" NOT NULL,
  noted_at    timestamptz NOT NULL DEFAULT now(),
  tries       integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, message_key)
);
