// Lists and searches of a large mailbox as the browser asks for them: over HTTP with a session, in the production build.
//
//   npm run bench:large -- [--messages 200000] [--rounds 100]
//
// The mailbox is made up (made-mailbox.ts) and stands in the index alone, so no indexer runs beside it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runProgram } from '../e2e/clients/run-program.ts';
import { environmentPath } from '../mail-server/runtime/home-paths.ts';
import { createPool } from '../server/infra/db/pool.ts';
import type { Login, ProductAddress } from '../test/product/product.ts';
import { openSession, type ApiSession } from './api-session.ts';
import { fillMailbox, folderId, wordAt } from './made-mailbox.ts';
import { percentiles, printRow, timed } from './measurement.ts';
import { withProduct } from './with-product.ts';

const { values: options } = parseArgs({ options: { messages: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '100' } } });
const COUNT = Number(options.messages);
const ROUNDS = Number(options.rounds);
const WARM_UP = 10;
/** All but the indexer, which would find that the mail store has none of these messages. */
const ROLES = 'gateway,wildduck,inbound,submission,delivery,scheduler,events,web';

/** What is asked, by name; `round` varies the words. */
const QUERIES: readonly [name: string, query: (round: number) => string][] = [
  ['a rare word', () => 'xylophonist '],
  ['the most common word', () => `${wordAt(0)} `],
  ['common words', (round) => `${wordAt(20 + round)} `],
  ['middling words', (round) => `${wordAt(2000 + round)} `],
  ['no such word', (round) => `nosuchword${round} `],
  ['as you type: 1 letter', (round) => 'klmrsvbtedqngzf'[round % 15]!],
  ['as you type: 2 letters', (round) => wordAt(round * 31).slice(0, 2)],
  ['as you type: 4 letters', (round) => wordAt(round * 31 + 300).slice(0, 4)],
  ['as you type: a rare prefix', () => 'xylop'],
  ['two common words', (round) => `${wordAt(round)} ${wordAt(round + 5)} `],
  ['a phrase', (round) => `"${wordAt(0)} ${wordAt(1 + (round % 5))}"`],
  ['from:', (round) => `from:${wordAt(round)} `],
  ['has:attachment and a word', (round) => `has:attachment ${wordAt(50 + round)} `],
  ['is:unread and a word', () => `is:unread ${wordAt(3)} `],
  ['larger:15M', () => 'larger:15M'],
  ['label: and a word', () => `label:work ${wordAt(5)} `],
];

async function makeAccount(product: ProductAddress): Promise<Login> {
  const login = { address: 'large@eider.test', password: 'a long enough password' };
  const made = await runProgram('npm', ['--silent', 'run', 'eider', '--', 'user', 'create', login.address, '--password-stdin'], {
    cwd: product.checkout, env: { EIDER_HOME: product.home, EIDER_PORT_WEB: String(product.ports.web) }, input: `${login.password}\n`,
  });
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const environment = JSON.parse(readFileSync(environmentPath(product.home), 'utf8')) as Record<string, string>;
  const pool = createPool(environment['DATABASE_URL']!, { max: 4, statementTimeoutMs: 0, applicationName: 'eider-bench' });
  try {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM account WHERE address = $1', [login.address]);
    await fillMailbox(pool, rows[0]!.id, COUNT);
  } finally {
    await pool.end();
  }
  return login;
}

async function measureOne(session: ApiSession, name: string, path: (round: number) => string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const took = await timed(async () => {
      const { status, body } = await session.get(path(round));
      if (status !== 200) throw new Error(`${path(round)}: ${status} ${body.toString('utf8').slice(0, 200)}`);
    });
    if (round >= WARM_UP) times.push(took);
  }
  printRow(name, percentiles(times));
}

async function measure(product: ProductAddress): Promise<void> {
  const session = await openSession(product, await makeAccount(product));
  const archive = `/api/mailbox/folders/${folderId('archive', COUNT)}/conversations?limit=50`;
  let cursor: string | null = null;
  for (let page = 0; page < 100; page++) {
    const answer: { nextCursor: string | null } = await session.call('GET', `/api/mailbox/folders/${folderId('archive', COUNT)}/conversations?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    cursor = answer.nextCursor ?? cursor;
  }
  await measureOne(session, 'list, first page', () => archive);
  await measureOne(session, 'list, after 10,000 conversations', () => `${archive}&cursor=${encodeURIComponent(cursor ?? '')}`);
  await measureOne(session, 'list, unread', () => `${archive}&filter=unread`);
  await measureOne(session, 'list, starred', () => `${archive}&filter=starred`);
  await measureOne(session, 'folders with counts', () => '/api/mailbox/folders');
  for (const [name, query] of QUERIES) await measureOne(session, `search, ${name}`, (round) => `/api/search?limit=50&q=${encodeURIComponent(query(round))}`);
  session.close();
}

await withProduct(measure, { EIDER_ROLES: ROLES });
