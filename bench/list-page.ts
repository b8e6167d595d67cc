// How long the web's list page takes on the server: GET of 50 conversations of alice's demo inbox, over HTTP with a
// session, beside the mail store's own list of the same mailbox in the same run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProductAddress } from '../test/product/product.ts';
import { openSession, type ApiSession } from './api-session.ts';
import { percentiles, printRow, timed } from './measurement.ts';
import { withProduct } from './with-product.ts';

const ROUNDS = 400;
const WARM_UP = 40;

async function measure(product: ProductAddress): Promise<void> {
  const session = await openSession(product, product.alice);
  const ask = (path: string) => async (): Promise<void> => {
    const { status, body } = await session.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body.toString('utf8').slice(0, 200)}`);
  };
  const list = ask('/api/mailbox/inbox?limit=50');
  const one = await session.get('/api/mailbox/inbox?limit=50');
  const rows = (JSON.parse(one.body.toString('utf8')) as { items: unknown[] }).items.length;
  console.log(`\n${rows} rows, ${(one.body.length / 1024).toFixed(1)} KiB a page`);
  for (let round = 0; round < WARM_UP; round++) await list();
  const alone = await inTurn(list);
  printRow('list page, one at a time', percentiles(alone));
  printRow('list page, 8 at a time', percentiles(await atOnce(list, 8)));
  printRow('unread filter', percentiles(await inTurn(ask('/api/mailbox/inbox?limit=50&filter=unread'), 100)));
  printRow('search for a common word', percentiles(await inTurn(ask('/api/search?q=the&limit=50'), 100)));
  printRow('search for a rare word', percentiles(await inTurn(ask('/api/search?q=Heftung&limit=50'), 100)));
  printRow('folders with counts', percentiles(await inTurn(ask('/api/mailbox/folders'), 100)));
  printRow('open a conversation', percentiles(await openings(session)));
  const store = await mailStoreList(product);
  if (store) {
    const baseline = percentiles(store);
    printRow('baseline: the mail store’s own list of 50', baseline);
    console.log(`list page / baseline, p50: ${(percentiles(alone).p50 / baseline.p50).toFixed(2)}`);
  }
  session.close();
}

async function inTurn(work: () => Promise<void>, rounds = ROUNDS): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(work));
  return times;
}

async function atOnce(work: () => Promise<void>, lanes: number): Promise<number[]> {
  const each = await Promise.all(Array.from({ length: lanes }, () => inTurn(work, ROUNDS / lanes)));
  return each.flat();
}

async function openings(session: ApiSession): Promise<number[]> {
  const { body } = await session.get('/api/mailbox/inbox?limit=50');
  const { items } = JSON.parse(body.toString('utf8')) as { items: { id: string }[] };
  const times: number[] = [];
  for (const { id } of items) times.push(await timed(() => session.get(`/api/conversations/${id}`)));
  return times;
}

/** WildDuck's REST list of the same inbox, without a web session in front; null when it is not ours to ask. */
async function mailStoreList(product: ProductAddress): Promise<number[] | null> {
  let ports: Record<string, number>;
  let token: string;
  try {
    ports = JSON.parse(readFileSync(join(product.home, 'ports.json'), 'utf8')) as Record<string, number>;
    token = readFileSync(join(product.home, 'secrets/wildduck-api.token'), 'utf8').trim();
  } catch {
    return null; // Another mail store than the embedded one.
  }
  const port = ports['wildduckApi'];
  if (!port) return null;
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'X-Access-Token': token } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const { id } = (await get(`/users/resolve/${encodeURIComponent(product.alice.address)}`).catch(() =>
    get(`/addresses/resolve/${encodeURIComponent(product.alice.address)}`).then((found) => ({ id: (found as { user: string }).user })),
  )) as { id: string };
  const { results } = (await get(`/users/${id}/mailboxes`)) as { results: { id: string; path: string }[] };
  const inbox = results.find((mailbox) => mailbox.path === 'INBOX');
  if (!inbox) throw new Error('no INBOX');
  const path = `/users/${id}/mailboxes/${inbox.id}/messages?limit=50&threadCounters=true`;
  for (let round = 0; round < 10; round++) await get(path);
  return inTurn(async () => void (await get(path)), 100);
}

await withProduct(measure);
