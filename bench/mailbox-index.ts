// Lists and searches of the mailbox index by themselves (SQL and code, without HTTP), on a made-up mailbox.
//
//   DATABASE_URL=postgresql://… node bench/mailbox-index.ts --messages 200000 [--fill-only] [--rounds 40]
//
// The database must have the migrations. The mailbox is made once per size and kept; drop it with --drop.
import { parseArgs } from 'node:util';
import { createPool, type Pool } from '../server/infra/db/pool.ts';
import { changeAccount, leaseAccount } from '../server/mailbox/account.store.ts';
import { planBuckets } from '../server/mailbox/bucket.store.ts';
import { getConversation } from '../server/mailbox/conversation.store.ts';
import { dropIndex } from '../server/mailbox/drop-index.store.ts';
import { listFolders, saveFolder } from '../server/mailbox/folder.store.ts';
import { listConversations } from '../server/mailbox/list.store.ts';
import { mergePendingTerms } from '../server/mailbox/search-index.store.ts';
import { messageTerms } from '../server/mailbox/search-terms.ts';
import { searchConversations } from '../server/mailbox/search.store.ts';
import type { ItemState, MessageContent, Person } from '../server/mailbox/types.ts';
import { writeChanges } from '../server/mailbox/write-changes.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '40' },
    'fill-only': { type: 'boolean', default: false },
    drop: { type: 'boolean', default: false },
  },
});
const COUNT = Number(options.messages);
const ROUNDS = Number(options.rounds);
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

/** Numbers that repeat from run to run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Words as natural texts have them: few very common ones, a long tail (Zipf). Word 0 stands in most messages. */
function wordAt(rank: number): string {
  const syllables = ['ka', 'lo', 'mi', 'ren', 'sto', 'vu', 'ber', 'tan', 'el', 'dor', 'shi', 'qua', 'nop', 'gri', 'zem', 'fal'];
  let text = '';
  for (let rest = rank + 17; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16];
  return text;
}

function zipf(next: () => number): number {
  return Math.min(WORDS - 1, Math.floor(Math.exp(next() * Math.log(WORDS)) - 1));
}

function makeMessage(index: number, next: () => number, threads: { id: string; subject: string }[]): { item: ItemState; content: MessageContent } {
  const receivedAt = new Date(START + Math.floor(((END - START) * index) / COUNT));
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
  const recent = index / COUNT > 0.98;
  return {
    content: {
      messageKey, internetId, references: reply ? [reply.id] : [], subject, from, replyTo: [], to, cc, bcc: [], listId: null,
      snippet: body.slice(0, 170), sizeBytes, hasAttachment, sentAt: receivedAt, receivedAt,
      terms: messageTerms({ subject, from: [from], to, cc, bcc: [], filenames, listId: null, hasAttachment, sizeBytes, bodies: [body] }),
    },
    item: {
      folderId: folderId(folder.id), uid: index + 1, messageKey, receivedAt, modseq: 1, unread: recent && next() < 0.3,
      starred: next() < 0.002, draft: false, answered: false, forwarded: false, deleted: false,
      labels: next() < 0.05 ? ['Work'] : [],
    },
  };
}

/** Folder ids look like the store's. */
function folderId(name: string): string {
  return Buffer.from(`${name}-${COUNT}`).toString('hex').padEnd(24, '0').slice(0, 24);
}

async function ensureAccount(pool: Pool): Promise<{ accountId: string; filled: boolean }> {
  const address = `bench${COUNT}@bench.example`;
  await pool.query(`INSERT INTO tenant (slug, name) VALUES ('bench', 'Bench') ON CONFLICT DO NOTHING`);
  await pool.query(
    `INSERT INTO account (tenant_id, address, wildduck_user_id) SELECT id, $1, $1 FROM tenant WHERE slug = 'bench' ON CONFLICT DO NOTHING`,
    [address],
  );
  const { rows } = await pool.query<{ id: string; state: string | null }>(
    'SELECT a.id, m.state FROM account a LEFT JOIN mailbox_account m ON m.account_id = a.id WHERE a.address = $1', [address],
  );
  return { accountId: rows[0]!.id, filled: rows[0]!.state === 'ready' };
}

async function fill(pool: Pool, accountId: string): Promise<void> {
  await dropIndex(pool, accountId);
  await leaseAccount(pool, accountId, '00000000-0000-0000-0000-000000000001', 1);
  const next = random(COUNT);
  const threads: { id: string; subject: string }[] = [];
  await changeAccount(pool, accountId, { kind: 'web' }, async (client) => {
    for (const { id, path, use } of FOLDERS) {
      await saveFolder(client, accountId, { id: folderId(id), path, specialUse: use, subscribed: true, hidden: false, uidValidity: 1, modifyIndex: 1 });
    }
    await planBuckets(client, accountId, Array.from({ length: COUNT }, (_, index) => new Date(START + Math.floor(((END - START) * index) / COUNT))));
    return { changedFolders: [] };
  });
  const started = performance.now();
  let making = 0;
  for (let index = 0; index < COUNT; index += BATCH) {
    const made = performance.now();
    const batch = Array.from({ length: Math.min(BATCH, COUNT - index) }, (_, place) => makeMessage(index + place, next, threads));
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
  console.log(`filled ${COUNT} in ${seconds.toFixed(1)} s: ${Math.round(COUNT / seconds)}/s`);
}

async function measure(name: string, run: (round: number) => Promise<number>): Promise<void> {
  const times: number[] = [];
  let size = 0;
  for (let round = 0; round < ROUNDS + 3; round++) {
    const start = performance.now();
    size = await run(round);
    if (round >= 3) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1).padStart(7);
  console.log(`${name.padEnd(44)} ${String(size).padStart(4)} rows  p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)} ms`);
}

async function measureAll(pool: Pool, accountId: string): Promise<void> {
  const archive = folderId('archive');
  const list = async (query: Partial<Parameters<typeof listConversations>[1]>) =>
    (await listConversations(pool, { accountId, folderId: archive, limit: 50, ...query })).rows.length;
  const search = async (query: string, folder?: string, cursor?: string) =>
    (await searchConversations(pool, { accountId, query, limit: 50, folderId: folder, cursor })).rows.length;
  let cursor: string | undefined;
  for (let page = 0; page < 200; page++) cursor = (await listConversations(pool, { accountId, folderId: archive, limit: 100, ...(cursor && { cursor }) })).nextCursor ?? cursor;
  const someone = (await listConversations(pool, { accountId, folderId: archive, limit: 1 })).rows[0]!;
  const second = (await searchConversations(pool, { accountId, query: `${wordAt(0)} `, limit: 50 })).nextCursor ?? undefined;
  await measure('list, first page', () => list({}));
  await measure('list, after 20,000', () => list({ cursor }));
  await measure('list, unread', () => list({ filter: 'unread' }));
  await measure('list, starred', () => list({ filter: 'starred' }));
  await measure('folders', async () => (await listFolders(pool, accountId)).length);
  await measure('conversation', async () => (await getConversation(pool, { accountId, conversationId: someone.conversationId }))!.messages.length);
  await measure('search, most common word', () => search(`${wordAt(0)} `));
  await measure('search, most common word, page 2', () => search(`${wordAt(0)} `, undefined, second));
  await measure('search, common word', (round) => search(`${wordAt(20 + round)} `));
  await measure('search, middling word', (round) => search(`${wordAt(2000 + round)} `));
  await measure('search, rare word', () => search('xylophonist '));
  await measure('search, unknown word', (round) => search(`nosuchword${round} `));
  await measure('search, as you type: 1 letter', (round) => search('klmrsvbtedqngzf'[round % 15]!));
  await measure('search, as you type: 2 letters', (round) => search(wordAt(round * 31).slice(0, 2)));
  await measure('search, as you type: 4 letters', (round) => search(wordAt(round * 31 + 300).slice(0, 4)));
  await measure('search, as you type: rare prefix', () => search('xylop'));
  await measure('search, two common words', (round) => search(`${wordAt(round)} ${wordAt(round + 5)} `));
  await measure('search, two words that rarely meet', (round) => search(`${wordAt(3000 + round)} ${wordAt(4000 + round)} `));
  await measure('search, phrase', (round) => search(`"${wordAt(0)} ${wordAt(1 + round % 5)}"`));
  await measure('search, from:', (round) => search(`from:${wordAt(round)} `));
  await measure('search, from: and a common word', (round) => search(`from:${wordAt(1000 + round)} ${wordAt(3)} `));
  await measure('search, has:attachment and a word', (round) => search(`has:attachment ${wordAt(50 + round)} `));
  await measure('search, filename:', (round) => search(`filename:${wordAt(100 + round)} `));
  await measure('search, larger:15M', () => search('larger:15M'));
  await measure('search, is:unread and a word', () => search(`is:unread ${wordAt(3)} `));
  await measure('search, is:starred', () => search('is:starred'));
  await measure('search, old and common', () => search(`${wordAt(2)} before:2017-01-01 `));
  await measure('search, common word without another', () => search(`${wordAt(1)} -${wordAt(2)} `));
  await measure('search, only without', () => search(`-${wordAt(0)} `));
  await measure('search, either of two', () => search(`xylophonist OR ${wordAt(30000)} `));
  await measure('search, common word in a small folder', () => search(`${wordAt(3)} `, folderId('small')));
  await measure('search, middling word in a small folder', () => search(`${wordAt(900)} `, folderId('small')));
  await measure('search, rare word in the inbox', () => search('xylophonist ', folderId('inbox')));
  await measure('search, middling word in Lists', (round) => search(`${wordAt(2000 + round)} `, folderId('lists')));
  await measure('search, label: and a word', () => search(`label:work ${wordAt(5)} `));
}

const url = process.env['DATABASE_URL'];
if (!url) throw new Error('DATABASE_URL: missing');
const pool = createPool(url, { max: 4, statementTimeoutMs: 0 });
const { accountId, filled } = await ensureAccount(pool);
if (options.drop) await dropIndex(pool, accountId);
else {
  if (!filled) await fill(pool, accountId);
  if (!options['fill-only']) await measureAll(pool, accountId);
}
await pool.end();
