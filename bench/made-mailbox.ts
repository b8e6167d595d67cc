// A made-up mailbox of any size in the mailbox index, the same from run to run: words as natural texts have them, threads,
// folders of different sizes, ten years. Only the index has it, not the mail store: nothing of it can be opened.
import type { Pool } from '../server/infra/db/pool.ts';
import { changeAccount, leaseAccount } from '../server/mailbox/account.store.ts';
import { planBuckets } from '../server/mailbox/bucket.store.ts';
import { dropIndex } from '../server/mailbox/drop-index.store.ts';
import { saveFolder } from '../server/mailbox/folder.store.ts';
import { mergePendingTerms } from '../server/mailbox/search-index.store.ts';
import { messageTerms } from '../server/mailbox/search-terms.ts';
import { repeatableRandom } from '../server/mailbox/testing/repeatable-random.ts';
import type { ItemState, MessageContent, Person } from '../server/mailbox/types.ts';
import { writeChanges } from '../server/mailbox/write-changes.ts';

const BATCH = 400;
const WORDS = 60_000;
const PEOPLE = 3000;
const START = Date.UTC(2016, 0, 1);
const END = Date.UTC(2026, 10, 1);
const FOLDERS = [
  { id: 'inbox', path: 'INBOX', use: '\\Inbox', share: 0.15 },
  { id: 'archive', path: 'Archive', use: '\\Archive', share: 0.6 },
  { id: 'sent', path: 'Sent Mail', use: '\\Sent', share: 0.15 },
  { id: 'lists', path: 'Lists', use: null, share: 0.08 },
  { id: 'small', path: 'Travel', use: null, share: 0.0005 },
  { id: 'trash', path: 'Trash', use: '\\Trash', share: 0.0195 },
];

/** Words as natural texts have them: few very common ones, a long tail (Zipf). Word 0 stands in most messages. */
export function wordAt(rank: number): string {
  const syllables = ['ka', 'lo', 'mi', 'ren', 'sto', 'vu', 'ber', 'tan', 'el', 'dor', 'shi', 'qua', 'nop', 'gri', 'zem', 'fal'];
  let text = '';
  for (let rest = rank + 17; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16];
  return text;
}

function zipf(next: () => number): number {
  return Math.min(WORDS - 1, Math.floor(Math.exp(next() * Math.log(WORDS)) - 1));
}

function makeMessage(index: number, count: number, next: () => number, threads: { id: string; subject: string }[]): { item: ItemState; content: MessageContent } {
  const receivedAt = new Date(START + Math.floor(((END - START) * index) / count));
  const words = (count: number) => Array.from({ length: count }, () => wordAt(zipf(next))).join(' ');
  const personAt = (number: number): Person => ({ name: `${wordAt(number * 7)} ${wordAt(number * 13)}`, address: `${wordAt(number)}@${wordAt(number % 50)}.example` });
  const reply = next() < 0.45 && threads.length > 0 ? threads[Math.floor(next() * threads.length)]! : undefined;
  const internetId = `${index}@bench.example`;
  const subject = reply ? `Re: ${reply.subject}` : words(2 + Math.floor(next() * 5));
  threads.push({ id: internetId, subject: reply?.subject ?? subject });
  if (threads.length > 400) threads.splice(Math.floor(next() * 200), 1);
  const from = personAt(Math.floor(next() ** 3 * PEOPLE));
  const to = [{ name: 'Alice', address: 'alice@bench.example' }];
  const cc = next() < 0.2 ? [personAt(Math.floor(next() * PEOPLE))] : [];
  const hasAttachment = next() < 0.15;
  const filenames = hasAttachment ? [`${wordAt(zipf(next))}.pdf`] : [];
  const sizeBytes = 2000 + Math.floor(next() ** 8 * 20_000_000);
  const body = words(30 + Math.floor(next() ** 3 * 600)) + (index % 9973 === 0 ? ' xylophonist' : '');
  let pick = next();
  const folder = FOLDERS.find((each) => (pick -= each.share) < 0) ?? FOLDERS[1]!;
  const messageKey = index.toString(16).padStart(24, 'b');
  const recent = index / count > 0.98;
  return {
    content: {
      messageKey, internetId, references: reply ? [reply.id] : [], subject, from, replyTo: [], to, cc, bcc: [], listId: null,
      snippet: body.slice(0, 170), sizeBytes, hasAttachment, sentAt: receivedAt, receivedAt,
      terms: messageTerms({ subject, from: [from], to, cc, bcc: [], filenames, listId: null, hasAttachment, sizeBytes, bodies: [body] }),
    },
    item: {
      folderId: folderId(folder.id, count), uid: index + 1, messageKey, receivedAt, modseq: 1, unread: recent && next() < 0.3,
      starred: next() < 0.002, draft: false, answered: false, forwarded: false, deleted: false,
      labels: next() < 0.05 ? ['Work'] : [],
    },
  };
}

/** The id of a folder of the mailbox with `count` messages; looks like the store's. */
export function folderId(name: string, count: number): string {
  return Buffer.from(`${name}-${count}`).toString('hex').padEnd(24, '0').slice(0, 24);
}

/** Makes the account's index anew with `count` messages, and tells how far it is. */
export async function fillMailbox(pool: Pool, accountId: string, count: number): Promise<void> {
  await dropIndex(pool, accountId);
  await leaseAccount(pool, accountId, '00000000-0000-0000-0000-000000000001', 1);
  const next = repeatableRandom(count);
  const threads: { id: string; subject: string }[] = [];
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    for (const { id, path, use } of FOLDERS) {
      await saveFolder(client, accountId, { id: folderId(id, count), path, specialUse: use, subscribed: true, hidden: false, uidValidity: 1, modifyIndex: 1, uidNext: 1 });
    }
    await planBuckets(client, accountId, Array.from({ length: count }, (_, index) => new Date(START + Math.floor(((END - START) * index) / count))));
    return { changedFolders: [] };
  });
  const started = performance.now();
  let making = 0;
  for (let index = 0; index < count; index += BATCH) {
    const made = performance.now();
    const batch = Array.from({ length: Math.min(BATCH, count - index) }, (_, place) => makeMessage(index + place, count, next, threads));
    making += performance.now() - made;
    await writeChanges(pool, accountId, { kind: 'web' }, { items: batch.map(({ item }) => item), contents: batch.map(({ content }) => content) });
    await mergePendingTerms(pool);
    if ((index / BATCH) % 50 === 49) {
      const seconds = (performance.now() - started) / 1000;
      console.log(`${index + BATCH} messages, ${Math.round((index + BATCH) / seconds)}/s (making them ${Math.round(making / seconds / 10)}%)`);
    }
  }
  await pool.query(`UPDATE mailbox_account SET state = 'ready' WHERE account_id = $1`, [accountId]);
  await pool.query('VACUUM ANALYZE mailbox_item, mailbox_message, mailbox_search, mailbox_conversation_folder, mailbox_conversation, mailbox_thread_ref');
  const seconds = (performance.now() - started) / 1000;
  console.log(`filled ${count} in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)}/s`);
}
