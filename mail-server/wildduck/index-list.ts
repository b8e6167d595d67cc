// Which of WildDuck's indexes the mail store has: the package's own list, less those that only cost. Data and reading
// of it; making and dropping indexes is index-setup.ts's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IndexDescription } from 'mongodb';
import { wildduckFolder } from './package-paths.ts';

export interface StoreIndex {
  collection: string;
  index: IndexDescription & { name: string };
}

/**
 * Left out, by collection (decision 0100). Every index is written at every delivery, and at every change of a document
 * in whichever field: DocumentDB keeps each as a tree of its own over the whole document.
 */
export const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  messages: [
    // For sharded clusters; `_id` has its primary key.
    'mailbox_uid_shard',
    // The other direction of an index that stays; DocumentDB sorts a mailbox's UIDs either way.
    'mailbox_uid_reverse',
    // `by_idate_reverse_thread` begins with the same fields; the package says itself that it supersedes the second.
    'by_idate',
    'by_idate_reverse_uid',
    // Only lists and searches of the REST API ask for these, which nothing of Eider's calls: it has its own index.
    'has_attachment',
    'user_unseen_flag',
    'user_flagged_flag',
    'user_searchable_flag',
    // IMAP SEARCH by size and for drafts reads the mailbox by another index; rare, and it selects little.
    'by_size',
    'mailbox_draft_flag',
    // A row per header and message; a search by header takes as long without it (decision 0220).
    'by_headers',
  ],
  journal: ['user_limit_id_reverse'],
  // For sharded clusters.
  threads: ['thread_shard'],
  // Lists of the REST API by creation and by tag.
  users: ['show_new', 'users_tags'],
  // An account has dozens of folders; `user_path` finds them.
  mailboxes: ['user_subscribed', 'find_by_type'],
  // The REST API's list of known addresses.
  addressregister: ['by_user_disabled_partial', 'by_user_disabled'],
};

/**
 * Three quarters of what a change of a message costs: its words are written anew with each flag. Where the store is ours,
 * the front answers `$text` by reading the mailbox (decision 0220); MongoDB cannot.
 */
export const TEXT_INDEX = { collection: 'messages', name: 'fulltext' } as const;

/** What is left out of a store: `ownFront` when its MongoDB is Eider's front over DocumentDB. */
export function leftOutOf({ ownFront }: { ownFront: boolean }): Readonly<Record<string, readonly string[]>> {
  if (!ownFront) return LEFT_OUT;
  return { ...LEFT_OUT, [TEXT_INDEX.collection]: [...LEFT_OUT[TEXT_INDEX.collection]!, TEXT_INDEX.name] };
}

/**
 * Indexes with other keys than the package's. The planner takes the smallest index that begins with a field of the
 * filter: with the package's `_id` at its end the index by UID was larger than the one by modification sequence, which
 * was then read from end to end for each UID (20 times as long in a mailbox of 10,000).
 */
const OTHER_KEYS: Readonly<Record<string, IndexDescription['key']>> = { 'messages.mailbox_uid': { mailbox: 1, uid: 1 } };

/** All indexes that the package would make. All lie in one database, as Eider configures it. */
export function packageIndexes(): StoreIndex[] {
  // The package's own YAML reader: its list is part of its code, not of a format that we chose.
  const yaml = createRequire(join(wildduckFolder, 'package.json'))('js-yaml') as { load(text: string): unknown };
  const list = yaml.load(readFileSync(join(wildduckFolder, 'indexes.yaml'), 'utf8')) as { indexes: StoreIndex[] };
  return list.indexes.map(({ collection, index }) => ({ collection, index }));
}

/** The indexes that the mail store shall have. @param leftOut by collection; for measurements another one */
export function wantedIndexes(leftOut: Readonly<Record<string, readonly string[]>> = LEFT_OUT): StoreIndex[] {
  return packageIndexes()
    .filter(({ collection, index }) => !leftOut[collection]?.includes(index.name))
    .map(({ collection, index }) => ({ collection, index: { ...index, key: OTHER_KEYS[`${collection}.${index.name}`] ?? index.key } }));
}
