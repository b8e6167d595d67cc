// Lists and searches of the mailbox index by themselves (SQL and code, without HTTP), on a made-up mailbox.
//
//   DATABASE_URL=postgresql://… node bench/mailbox-index.ts --messages 200000 [--fill-only] [--rounds 40]
//
// The database must have the migrations. The mailbox is made once per size and kept; drop it with --drop.
import { parseArgs } from 'node:util';
import { createPool, type Pool } from '../server/infra/db/pool.ts';
import { getConversation } from '../server/mailbox/conversation.store.ts';
import { dropIndex } from '../server/mailbox/drop-index.store.ts';
import { listFolders } from '../server/mailbox/folder.store.ts';
import { listConversations } from '../server/mailbox/list.store.ts';
import { searchConversations } from '../server/mailbox/search.store.ts';
import { fillMailbox, folderId, wordAt } from './made-mailbox.ts';

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
  const archive = folderId('archive', COUNT);
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
  await measure('search, common word in a small folder', () => search(`${wordAt(3)} `, folderId('small', COUNT)));
  await measure('search, middling word in a small folder', () => search(`${wordAt(900)} `, folderId('small', COUNT)));
  await measure('search, rare word in the inbox', () => search('xylophonist ', folderId('inbox', COUNT)));
  await measure('search, middling word in Lists', (round) => search(`${wordAt(2000 + round)} `, folderId('lists', COUNT)));
  await measure('search, label: and a word', () => search(`label:work ${wordAt(5)} `));
}

const url = process.env['DATABASE_URL'];
if (!url) throw new Error('DATABASE_URL: missing');
const pool = createPool(url, { max: 4, statementTimeoutMs: 0 });
const { accountId, filled } = await ensureAccount(pool);
if (options.drop) await dropIndex(pool, accountId);
else {
  if (!filled) await fillMailbox(pool, accountId, COUNT);
  if (!options['fill-only']) await measureAll(pool, accountId);
}
await pool.end();
