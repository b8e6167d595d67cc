-- Tenants and their accounts: what everything else belongs to.
CREATE TABLE tenant (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  slug       text NOT NULL UNIQUE,
  name       text NOT NULL,
  status     text NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tenant_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT tenant_name_check CHECK (name <> '' AND length(name) <= 200),
  CONSTRAINT tenant_status_check CHECK (status IN ('active', 'suspended'))
);

CREATE TABLE account (
  id               uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id        uuid NOT NULL REFERENCES tenant (id),
  -- Null only between the row's making and the mail store's answer: see server/tenants/create-account.ts.
  wildduck_user_id text UNIQUE,
  address          text NOT NULL UNIQUE,
  display_name     text NOT NULL DEFAULT '',
  role             text NOT NULL DEFAULT 'user',
  status           text NOT NULL DEFAULT 'active',
  created_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_address_check CHECK (address = lower(address) AND address LIKE '_%@_%' AND length(address) <= 254),
  CONSTRAINT account_display_name_check CHECK (length(display_name) <= 200),
  CONSTRAINT account_role_check CHECK (role IN ('operator', 'admin', 'user')),
  CONSTRAINT account_status_check CHECK (status IN ('active', 'disabled'))
);
CREATE INDEX account_tenant_id_idx ON account (tenant_id, address);
