-- What accounts prove themselves with beside a password, and how they last did.

-- When somebody last proved to be the account's owner in this session: sensitive changes ask for it anew.
ALTER TABLE web_session ADD COLUMN verified_at timestamptz;
UPDATE web_session SET verified_at = created_at;
ALTER TABLE web_session ALTER COLUMN verified_at SET NOT NULL, ALTER COLUMN verified_at SET DEFAULT now();

-- A row: the password alone does not sign in.
CREATE TABLE two_step (
  account_id uuid PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  enabled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE totp_secret (
  account_id   uuid PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
  tenant_id    uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  -- AES-256-GCM under the installation's key, bound to the account.
  sealed       bytea NOT NULL,
  -- NULL: shown, but no code of it was given back yet.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: it and those before it are worthless (RFC 6238 5.2).
  last_step    bigint NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE recovery_code (
  account_id uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  -- HMAC-SHA-256 under a key derived from the installation's.
  code_hash  bytea NOT NULL,
  used_at    timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE passkey (
  id            uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id     uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id    uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  credential_id bytea NOT NULL UNIQUE,
  public_key    bytea NOT NULL,
  -- Signature counter; 0 for authenticators without one.
  counter       bigint NOT NULL,
  transports    text[] NOT NULL,
  name          text NOT NULL,
  backed_up     boolean NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  last_used_at  timestamptz
);
CREATE INDEX passkey_account ON passkey (account_id);

-- A proof that was asked for and is still out: the second step of a sign-in, a passkey's signature.
CREATE TABLE sign_in_challenge (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  -- SHA-256 of what the browser holds.
  token_hash bytea NOT NULL UNIQUE,
  -- NULL: a passkey will tell whose it is.
  account_id uuid REFERENCES account(id) ON DELETE CASCADE,
  purpose    text NOT NULL CHECK (purpose IN ('second_step', 'passkey_sign_in', 'passkey_register', 'verify')),
  challenge  text NOT NULL,
  remember   boolean NOT NULL DEFAULT false,
  wrong      integer NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_challenge_expiry ON sign_in_challenge (expires_at);

ALTER TABLE login_event
  DROP CONSTRAINT login_event_kind_check,
  ADD CONSTRAINT login_event_kind_check CHECK (kind IN (
    'sign_in', 'sign_out', 'refused', 'rate_limited', 'revoked', 'second_step_refused', 'verified', 'verify_refused',
    'two_step_on', 'two_step_off', 'totp_added', 'recovery_codes_made', 'passkey_added', 'passkey_removed',
    'app_password_made', 'app_password_revoked', 'password_changed', 'forwarding_changed', 'filters_changed')),
  -- What was proved with: password, totp, recovery_code, passkey.
  ADD COLUMN method text,
  -- The name of what was added or removed; never a secret.
  ADD COLUMN detail text;
-- Refusals name an address only: the account's owner sees them too.
CREATE INDEX login_event_address ON login_event (lower(address), at DESC) WHERE account_id IS NULL;

-- Apple's profile of a fresh app password, for as long as somebody may be on the way to the other device.
CREATE TABLE setup_profile (
  token_hash bytea PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  -- The profile, sealed: it holds the password.
  sealed     bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX setup_profile_expiry ON setup_profile (expires_at);
