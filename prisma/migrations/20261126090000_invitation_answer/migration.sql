-- What an account last answered to an invitation: shown again, and sent once.
CREATE TABLE invitation_answer (
  tenant_id     uuid        NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id    uuid        NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- SHA-256 of UID and RECURRENCE-ID: names the event, however long they are.
  event_key     bytea       NOT NULL,
  response      text        NOT NULL CHECK (response IN ('accepted', 'tentative', 'declined')),
  -- Of the invitation that was answered; a later one asks again.
  sequence      integer     NOT NULL,
  -- Counts answers: part of the name under which each is sent.
  revision      integer     NOT NULL DEFAULT 1,
  answered_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, event_key)
);
