-- Actions on more conversations than a request should take: "all N in this folder", "all that match this search".
-- A job is worked on in steps; whoever holds its lease does the next one, and a process that dies leaves a lease that
-- runs out.
CREATE TABLE mailbox_job (
  id          uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id   uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id  uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- What is done: the action of the API without the conversations.
  action      jsonb NOT NULL,
  -- To which: a folder, view or search.
  scope       jsonb NOT NULL,
  -- collecting: the conversations are being looked up. undoing: the steps back are being taken.
  state       text NOT NULL DEFAULT 'collecting'
              CHECK (state IN ('collecting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')),
  -- Conversations: in all, worked on, and how many of those the mail store refused.
  total       integer NOT NULL DEFAULT 0,
  done        integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  lease_owner uuid,
  lease_until timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz,
  expires_at  timestamptz NOT NULL DEFAULT now() + interval '1 day'
);
CREATE INDEX mailbox_job_account ON mailbox_job (account_id, created_at DESC);
CREATE INDEX mailbox_job_open ON mailbox_job (created_at) WHERE state IN ('collecting', 'running', 'undoing');
CREATE INDEX mailbox_job_expiry ON mailbox_job (expires_at);

-- The conversations as they were when the job began: what comes or goes meanwhile changes nothing of what was meant.
CREATE TABLE mailbox_job_item (
  job_id          uuid NOT NULL REFERENCES mailbox_job (id) ON DELETE CASCADE,
  position        integer NOT NULL,
  conversation_id uuid NOT NULL,
  PRIMARY KEY (job_id, position)
);

-- The way back, step by step, as actions of the API.
CREATE TABLE mailbox_job_undo (
  job_id uuid NOT NULL REFERENCES mailbox_job (id) ON DELETE CASCADE,
  step   integer GENERATED ALWAYS AS IDENTITY,
  action jsonb NOT NULL,
  PRIMARY KEY (job_id, step)
);
