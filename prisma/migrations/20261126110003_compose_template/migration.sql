-- Texts that a user keeps to write from.
CREATE TABLE compose_template (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  name       text NOT NULL,
  subject    text NOT NULL,
  html       text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX compose_template_name ON compose_template (account_id, lower(name));
