-- What operators did: who, what, to what, how much of it, when. Written before the first effect and counted up in the
-- same transactions as the effects, so that it is true also of a command that was cut short.
CREATE TABLE audit_log (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  -- `cli:` and the operating system's user, or whoever the console knows.
  actor       text NOT NULL,
  -- As on the command line: `queue hold`, `dead-letter replay`.
  action      text NOT NULL,
  -- The filter or the ids that it was given.
  target      jsonb NOT NULL,
  reason      text,
  -- Rows changed so far.
  affected    integer NOT NULL DEFAULT 0,
  -- NULL: under way, or cut short.
  finished_at timestamptz
);
CREATE INDEX audit_log_at ON audit_log (at DESC);
