-- The mailbox index: a read model of the mail store that answers lists and searches. All of it can be rebuilt.
--
-- These tables lead with account_id, not tenant_id: every query is about one account, an account never changes
-- its tenant, and one large tenant must not be one placement unit. Only mailbox_account refers to account: the
-- rest would pay a lookup per row for a rule that drop-index.ts keeps.

CREATE TABLE mailbox_account (
  account_id  uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  -- Grows with every commit that changes the account's index. Its row is the lock on which writers queue.
  revision    bigint NOT NULL DEFAULT 0,
  -- 'building': the first build, or one from nothing, is under way; lists are incomplete.
  state       text NOT NULL DEFAULT 'building',
  -- Id of the newest journal entry that was applied, and when the journal was last read to its end.
  journal_id  text COLLATE "C",
  followed_at timestamptz,
  -- When every mailbox was last compared with the store, message by message.
  compared_at timestamptz,
  -- The indexer that works on this account. Its writes show the owner; one that lost the lease writes nothing.
  lease_owner uuid,
  lease_until timestamptz,
  CONSTRAINT mailbox_account_state_check CHECK (state IN ('building', 'ready'))
);

-- A mailbox of the store ('folder'), or a view of Eider's own over all of them: 'starred', one per 'label'.
CREATE TABLE mailbox_folder (
  account_id           uuid NOT NULL,
  -- The store's mailbox id (24 hex digits), or 'starred', or 'label:<keyword>'.
  folder_id            text COLLATE "C" NOT NULL,
  kind                 text NOT NULL DEFAULT 'folder',
  path                 text NOT NULL,
  special_use          text,
  subscribed           boolean NOT NULL DEFAULT true,
  hidden               boolean NOT NULL DEFAULT false,
  uid_validity         bigint NOT NULL DEFAULT 0,
  -- The store's modification index when this folder was last found in step with it.
  modseq               bigint NOT NULL DEFAULT 0,
  messages             integer NOT NULL DEFAULT 0,
  unread               integer NOT NULL DEFAULT 0,
  conversations        integer NOT NULL DEFAULT 0,
  unread_conversations integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, folder_id),
  CONSTRAINT mailbox_folder_kind_check CHECK (kind IN ('folder', 'starred', 'label'))
);

-- A message's content, once however many mailboxes hold it. Moves and copies leave it alone.
CREATE TABLE mailbox_message (
  account_id      uuid NOT NULL,
  -- The store's id of the content, kept when a message is moved or copied.
  message_key     text COLLATE "C" NOT NULL,
  conversation_id uuid NOT NULL,
  -- Hashes of this message's and its referred ids, each with the base subject: see thread.ts.
  thread_refs     bigint[] NOT NULL,
  internet_id     text NOT NULL,
  subject         text NOT NULL,
  from_name       text NOT NULL,
  from_address    text NOT NULL,
  -- Lists of {name, address}.
  reply_to        jsonb NOT NULL DEFAULT '[]',
  to_list         jsonb NOT NULL DEFAULT '[]',
  cc_list         jsonb NOT NULL DEFAULT '[]',
  bcc_list        jsonb NOT NULL DEFAULT '[]',
  list_id         text,
  snippet         text NOT NULL,
  size_bytes      integer NOT NULL,
  has_attachment  boolean NOT NULL,
  -- From the Date header; may be any date at all.
  sent_at         timestamptz NOT NULL,
  received_at     timestamptz NOT NULL,
  PRIMARY KEY (account_id, message_key)
);
CREATE INDEX mailbox_message_conversation_idx ON mailbox_message (account_id, conversation_id);

-- One row per message per mailbox.
CREATE TABLE mailbox_item (
  account_id      uuid NOT NULL,
  folder_id       text COLLATE "C" NOT NULL,
  uid             bigint NOT NULL,
  message_key     text COLLATE "C" NOT NULL,
  conversation_id uuid NOT NULL,
  received_at     timestamptz NOT NULL,
  -- The store's modification index of the message; 0 for a row that the web put here after a move,
  -- until the indexer has seen it in the store.
  modseq          bigint NOT NULL,
  unread          boolean NOT NULL,
  starred         boolean NOT NULL,
  draft           boolean NOT NULL,
  answered        boolean NOT NULL,
  forwarded       boolean NOT NULL,
  -- Marked \Deleted by an IMAP client and not yet expunged: shown nowhere.
  deleted         boolean NOT NULL,
  -- IMAP keywords that people set; those that clients keep for themselves ($Forwarded, …) are left out.
  labels          text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (account_id, folder_id, uid)
);
CREATE INDEX mailbox_item_conversation_idx ON mailbox_item (account_id, conversation_id);
CREATE INDEX mailbox_item_message_idx ON mailbox_item (account_id, message_key);
CREATE INDEX mailbox_item_folder_date_idx ON mailbox_item (account_id, folder_id, received_at, uid);
CREATE INDEX mailbox_item_date_idx ON mailbox_item (account_id, received_at);
CREATE INDEX mailbox_item_unread_idx ON mailbox_item (account_id, received_at) WHERE unread;
CREATE INDEX mailbox_item_starred_idx ON mailbox_item (account_id, received_at) WHERE starred;
CREATE INDEX mailbox_item_unconfirmed_idx ON mailbox_item (account_id) WHERE modseq = 0;

CREATE TABLE mailbox_conversation (
  account_id      uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- Hash of the subject without Re:, Fwd: and list tags; for replies whose client drops the references.
  subject_key     bigint NOT NULL,
  latest_at       timestamptz NOT NULL,
  PRIMARY KEY (account_id, conversation_id)
);
CREATE INDEX mailbox_conversation_subject_idx ON mailbox_conversation (account_id, subject_key, latest_at);

-- Which conversation a Message-ID (with a base subject) belongs to, also one that was only ever referred to.
CREATE TABLE mailbox_thread_ref (
  account_id      uuid NOT NULL,
  ref             bigint NOT NULL,
  conversation_id uuid NOT NULL,
  PRIMARY KEY (account_id, ref)
);

-- One row per conversation and folder (or view): all that a list shows, so that a page is one index range scan.
CREATE TABLE mailbox_conversation_folder (
  account_id       uuid NOT NULL,
  folder_id        text COLLATE "C" NOT NULL,
  conversation_id  uuid NOT NULL,
  -- Of this folder's messages.
  latest_at        timestamptz NOT NULL,
  latest_folder_id text COLLATE "C" NOT NULL,
  latest_uid       bigint NOT NULL,
  folder_messages  integer NOT NULL,
  folder_unread    integer NOT NULL,
  -- Of all the conversation's messages outside Junk and Trash; within those two, of the folder's own.
  message_count    integer NOT NULL,
  starred          boolean NOT NULL,
  has_attachment   boolean NOT NULL,
  has_draft        boolean NOT NULL,
  answered         boolean NOT NULL,
  labels           text[] NOT NULL,
  subject          text NOT NULL,
  snippet          text NOT NULL,
  -- Senders, oldest first, without repeats, at most six; recipients of the newest message, at most three.
  participants     jsonb NOT NULL,
  recipients       jsonb NOT NULL,
  PRIMARY KEY (account_id, conversation_id, folder_id)
);
CREATE INDEX mailbox_conversation_folder_list_idx
  ON mailbox_conversation_folder (account_id, folder_id, latest_at, conversation_id);
CREATE INDEX mailbox_conversation_folder_unread_idx
  ON mailbox_conversation_folder (account_id, folder_id, latest_at, conversation_id) WHERE folder_unread > 0;
CREATE INDEX mailbox_conversation_folder_starred_idx
  ON mailbox_conversation_folder (account_id, folder_id, latest_at, conversation_id) WHERE starred;

-- An account's mail cut into spans of time of about two thousand messages. A bucket's number leads every term of
-- its messages, so that the newest matches of a common word are found without touching the older ones.
CREATE TABLE mailbox_search_bucket (
  bucket_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id uuid NOT NULL,
  -- Holds messages received at or after this moment and before the next bucket's.
  starts_at  timestamptz NOT NULL,
  messages   integer NOT NULL DEFAULT 0,
  UNIQUE (account_id, starts_at)
);

-- The words of a message, apart from everything that changes, so that flags and moves cost no full-text work.
CREATE TABLE mailbox_search (
  account_id  uuid NOT NULL,
  message_key text COLLATE "C" NOT NULL,
  bucket_id   bigint NOT NULL,
  received_at timestamptz NOT NULL,
  -- '<bucket><field><word>' with positions; built by search-terms.ts.
  terms       tsvector NOT NULL,
  PRIMARY KEY (account_id, message_key)
);
CREATE INDEX mailbox_search_bucket_idx ON mailbox_search (bucket_id, received_at);
-- New entries wait in the index's pending list until the indexer has them merged, a batch at a time, which is
-- several times cheaper than inserting each word of each message by itself.
CREATE INDEX mailbox_search_terms_idx ON mailbox_search USING gin (terms) WITH (fastupdate = on, gin_pending_list_limit = 65536);
-- Words are kept beside the table, not in it: a search that finds its matches in the index reads narrow rows, and
-- only phrases look at the words themselves. lz4 where the server has it: pglz takes longer than the insert.
ALTER TABLE mailbox_search SET (toast_tuple_target = 128);
DO $$
BEGIN
  ALTER TABLE mailbox_search ALTER COLUMN terms SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END $$;
-- Scanning the whole of a GIN index for every few dead rows is the costly part of vacuum here.
ALTER TABLE mailbox_search SET (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_insert_scale_factor = 0.5);
