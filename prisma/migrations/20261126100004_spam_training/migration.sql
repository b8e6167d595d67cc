-- Messages that a person called spam, or not spam: rspamd learns from them a little later, so that a slip taken back
-- teaches nothing.
CREATE TABLE mailbox_spam_lesson (
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Where the message was put: gone from there, the judgement was taken back.
  folder_id  text COLLATE "C" NOT NULL,
  uid        bigint NOT NULL,
  spam       boolean NOT NULL,
  due_at     timestamptz NOT NULL DEFAULT now() + interval '20 seconds',
  tries      integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, folder_id, uid)
);
CREATE INDEX mailbox_spam_lesson_due ON mailbox_spam_lesson (due_at);
