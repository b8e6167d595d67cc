-- Hosted domains and their DKIM keys. Private keys are sealed (AES-256-GCM) before they come here.
CREATE TABLE domain (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenant (id),
  -- A-labels, lower case: what DNS and SMTP compare.
  name       text NOT NULL UNIQUE CHECK (name = lower(name) AND name <> ''),
  status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX domain_tenant ON domain (tenant_id, name);

CREATE TABLE dkim_key (
  id                 uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenant (id),
  domain_id          uuid NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
  selector           text NOT NULL,
  algorithm          text NOT NULL CHECK (algorithm IN ('rsa-sha256', 'ed25519-sha256')),
  -- published: in DNS, not yet signing; signing; retired: in DNS until mail in flight has been verified.
  status             text NOT NULL CHECK (status IN ('published', 'signing', 'retired')),
  private_key_sealed bytea NOT NULL,
  -- The p= value of the TXT record.
  public_key         text NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (domain_id, selector)
);
