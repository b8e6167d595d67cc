-- People whom an account keeps, and groups of them. What a card says stands in `card` (server/mail/vcard); the other
-- columns are what lists and searches need of it.
CREATE TABLE contact (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- The vCard's UID: the same card imported again is the same contact.
  uid        text NOT NULL,
  name       text NOT NULL,
  -- Lower case without accents: the order of the list, and the words that a search finds, each after a space.
  sort_key   text COLLATE "C" NOT NULL,
  words      text NOT NULL,
  -- Lower case.
  addresses  text[] NOT NULL,
  card       jsonb NOT NULL,
  -- Apart from the card, which lists read.
  photo      jsonb,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, uid)
);
CREATE INDEX contact_list ON contact (account_id, sort_key, id);

CREATE TABLE contact_group (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name       text NOT NULL
);
CREATE UNIQUE INDEX contact_group_name ON contact_group (account_id, lower(name));

CREATE TABLE contact_group_member (
  group_id   uuid NOT NULL REFERENCES contact_group (id) ON DELETE CASCADE,
  contact_id uuid NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, contact_id)
);
CREATE INDEX contact_group_member_contact ON contact_group_member (contact_id);

-- How contacts were before a deletion, a merge or an import, for as long as that can be taken back.
CREATE TABLE contact_undo (
  id         uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id  uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  steps      jsonb NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '1 hour'
);
CREATE INDEX contact_undo_expiry ON contact_undo (expires_at);
