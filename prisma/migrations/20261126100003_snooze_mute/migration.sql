-- Snoozed messages: away from the inbox (in the folder Snoozed, where mail programs see them too) until a moment, then
-- back on top of it. By content, since a move gives a message another place.
CREATE TABLE mailbox_snooze (
  account_id  uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_key text COLLATE "C" NOT NULL,
  -- sleeping: in Snoozed. waking: its time has come, a worker is bringing it back. awake: back, on top since woke_at.
  state       text NOT NULL DEFAULT 'sleeping' CHECK (state IN ('sleeping', 'waking', 'awake')),
  wake_at     timestamptz NOT NULL,
  -- Where it came from, and goes back to.
  folder_id   text COLLATE "C" NOT NULL,
  woke_at     timestamptz,
  lease_until timestamptz,
  tries       integer NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, message_key)
);
CREATE INDEX mailbox_snooze_due ON mailbox_snooze (wake_at) WHERE state <> 'awake';

-- Muted conversations: what comes in later goes past the inbox.
CREATE TABLE mailbox_mute (
  account_id      uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  conversation_id uuid NOT NULL,
  muted_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, conversation_id)
);

-- New messages of muted conversations in the inbox, noted by whoever indexes them, taken away by the web's chores.
CREATE TABLE mailbox_mute_due (
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  folder_id  text COLLATE "C" NOT NULL,
  uid        bigint NOT NULL,
  noted_at   timestamptz NOT NULL DEFAULT now(),
  tries      integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, folder_id, uid)
);
