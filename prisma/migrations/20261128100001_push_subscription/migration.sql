-- Browsers that want to hear of new mail (RFC 8030), each with the session that asked for it and gone with it.
CREATE TABLE push_subscription (
  session_id   uuid PRIMARY KEY REFERENCES web_session(id) ON DELETE CASCADE,
  tenant_id    uuid NOT NULL REFERENCES tenant(id) ON DELETE CASCADE,
  account_id   uuid NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  endpoint     text NOT NULL,
  -- The browser's public key and secret (RFC 8291), base64url.
  p256dh       text NOT NULL,
  auth         text NOT NULL,
  -- How far the inbox has been told of; its numbers begin anew when uid_validity changes.
  told_uid     bigint NOT NULL,
  uid_validity bigint NOT NULL,
  failures     integer NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX push_subscription_account ON push_subscription (account_id);
