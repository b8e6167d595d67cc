-- Ids outlive their messages within a conversation (an answer to a deleted message still finds it), so merging and
-- dropping a conversation need its ids, not its messages'.
CREATE INDEX mailbox_thread_ref_conversation_idx ON mailbox_thread_ref (account_id, conversation_id);
