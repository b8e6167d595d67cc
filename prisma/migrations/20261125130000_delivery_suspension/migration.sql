-- What an operator has stopped: new attempts that match wait in the queue until it ends. Few rows; workers read them
-- all every second. Ending one early is deleting its row; who did what is the audit log's.
CREATE TABLE delivery_suspension (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  scope      text NOT NULL CHECK (scope IN ('tenant', 'domain', 'lane', 'mx')),
  -- By scope: a tenant's id; a recipient domain (A-labels); a lane; an MX host, or a suffix of one with its dot in front.
  match      text NOT NULL CHECK (match = lower(match) AND match <> ''),
  reason     text NOT NULL,
  -- NULL: until somebody resumes it.
  until      timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (scope, match)
);
