-- Names and colours of labels. Which messages carry one is the mail store's (IMAP keywords) and stands in the mailbox
-- index; a keyword that a mail program set and nobody named has no row here and is shown all the same.
CREATE TABLE mailbox_label (
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- The IMAP keyword, lower case.
  keyword    text COLLATE "C" NOT NULL,
  -- With the names of the labels that it lies in: 'Clients/Acme'.
  name       text NOT NULL,
  color      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, keyword)
);
CREATE UNIQUE INDEX mailbox_label_name ON mailbox_label (account_id, lower(name));
