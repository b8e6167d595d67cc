-- Messages that wait before they leave: for the seconds in which they can be taken back, or until the time that their
-- writer chose.

ALTER TABLE web_send DROP CONSTRAINT web_send_state_check;
ALTER TABLE web_send ADD CONSTRAINT web_send_state_check
  CHECK (state IN ('prepared', 'held', 'accepted', 'finished', 'cancelled'));

ALTER TABLE web_send
  -- What was written, as a draft has it: what comes back when the message is taken back.
  ADD COLUMN fields         jsonb,
  -- The revision that its draft had, and the draft's copy in the Drafts folder until that has been removed.
  ADD COLUMN draft_revision integer,
  ADD COLUMN draft_copy     jsonb,
  -- Not before this moment; null for what goes at once.
  ADD COLUMN send_at        timestamptz,
  -- The writer chose send_at, rather than only having some seconds to think better of it.
  ADD COLUMN scheduled      boolean NOT NULL DEFAULT false,
  -- Why the queue refused it when its time came near.
  ADD COLUMN failure        text;

CREATE INDEX web_send_held ON web_send (send_at) WHERE state = 'held';
CREATE INDEX web_send_account ON web_send (account_id, send_at) WHERE state = 'held';
CREATE INDEX web_send_draft_copy ON web_send (updated_at) WHERE draft_copy IS NOT NULL;
