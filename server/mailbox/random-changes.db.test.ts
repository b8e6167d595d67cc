// Random changes, as the indexer and the web make them in any order and repeated, and after each round the index
// compared with what the plainest working-out gives.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { applyDelete, applyFlags, applyMove } from './apply.ts';
import { createIndexedAccount, type IndexedAccount, type MessageInput } from './testing/indexed-account.ts';
import { recompute, stored, violations } from './testing/recompute.ts';
import { repeatableRandom } from './testing/repeatable-random.ts';
import type { ItemPlace } from './types.ts';
import { writeChanges } from './write-changes.ts';

const ROUNDS = 60;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

interface Known {
  place: ItemPlace;
  key: string;
  modseq: number;
}

class World {
  readonly next: () => number;
  readonly account: IndexedAccount;
  readonly items: Known[] = [];
  #counter = 0;
  #uid = 10_000;

  constructor(account: IndexedAccount, seed: number) {
    this.account = account;
    this.next = repeatableRandom(seed);
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!;
  }

  some(): Known[] {
    return this.items.filter(() => this.next() < 0.15).slice(0, 6);
  }

  newMessage(): MessageInput {
    const id = ++this.#counter;
    const references = [1, 2].flatMap(() => (this.next() < 0.5 ? [`${Math.ceil(this.next() * (id + 3))}@x`] : []));
    const copy = this.next() < 0.1 && this.items.length > 0 ? this.pick(this.items).key : undefined;
    return {
      id: `${id}@x`, references, subject: this.pick(['A', 'Re: A', 'B', 'Re: B', 'Fwd: A']), folder: this.pick(Object.keys(this.account.folders)),
      from: this.pick(['bob@example.com', 'eve@example.com', this.account.address]), at: new Date(Date.UTC(2026, 3, 1, 0, Math.floor(this.next() * 5000))),
      flags: ['\\Seen', '\\Flagged', '\\Deleted', 'Work', 'Home'].filter(() => this.next() < 0.25), filenames: this.next() < 0.2 ? ['x.pdf'] : [],
      ...(copy !== undefined && { key: copy }),
    };
  }

  async step(): Promise<void> {
    const { account } = this;
    const { accountId } = account;
    const choice = this.next();
    const some = this.some();
    if (choice < 0.35 || this.items.length === 0) {
      const added = await account.addAll(Array.from({ length: 1 + Math.floor(this.next() * 5) }, () => this.newMessage()));
      this.items.push(...added.map(({ folderId, uid, key }) => ({ place: { folderId, uid }, key, modseq: 1 })));
    } else if (choice < 0.5) {
      const changes = { unread: this.next() < 0.5, starred: this.next() < 0.3, addLabels: this.next() < 0.5 ? ['Work'] : [], removeLabels: this.next() < 0.5 ? ['Home'] : [] };
      await applyFlags(database.pool, { accountId, places: some.map((item) => item.place), changes });
    } else if (choice < 0.65) await this.#move(some);
    else if (choice < 0.75) {
      await applyDelete(database.pool, { accountId, places: some.map((item) => item.place) });
      for (const item of some) this.items.splice(this.items.indexOf(item), 1);
    } else await this.#indexerReads(some);
  }

  async #move(some: Known[]): Promise<void> {
    const targetFolderId = this.pick(Object.values(this.account.folders));
    for (const item of some) {
      const to = ++this.#uid;
      await applyMove(database.pool, { accountId: this.account.accountId, folderId: item.place.folderId, targetFolderId, moved: [{ from: item.place.uid, to }] });
      item.place = { folderId: targetFolderId, uid: to };
      item.modseq = 0;
    }
  }

  /** The store's states, in part older than what is known; also of rows that the web has moved. */
  async #indexerReads(some: Known[]): Promise<void> {
    await writeChanges(database.pool, this.account.accountId, { kind: 'web' }, {
      items: some.map((item) => {
        item.modseq += this.next() < 0.7 ? 1 : 0;
        return {
          ...item.place, messageKey: item.key, receivedAt: new Date(Date.UTC(2026, 3, 2)), modseq: item.modseq, unread: this.next() < 0.5,
          starred: this.next() < 0.2, draft: this.next() < 0.1, answered: this.next() < 0.1, forwarded: false, deleted: this.next() < 0.1,
          labels: this.next() < 0.3 ? ['Home'] : [],
        };
      }),
      removed: this.next() < 0.3 ? [{ folderId: this.pick(Object.values(this.account.folders)), uid: 1_000_000 }] : [],
    });
  }
}

test.each([1, 2, 3, 4])('seed %d', async (seed) => {
  const world = new World(await createIndexedAccount(database.pool, `random${seed}`), seed);
  for (let round = 0; round < ROUNDS; round++) {
    await world.step();
    if (round % 10 !== 9) continue;
    expect(await violations(database.pool, world.account.accountId), `round ${round}`).toEqual([]);
    expect(await stored(database.pool, world.account.accountId), `round ${round}`).toEqual(await recompute(database.pool, world.account.accountId));
  }
});

test('writers of one account at the same time leave it sound', async () => {
  const account = await createIndexedAccount(database.pool, 'crowd');
  const worlds = [11, 12, 13].map((seed) => new World(account, seed));
  // All share one list of messages, as several sessions of one user do.
  const shared = worlds[0]!.items;
  await Promise.all(
    worlds.map(async (world) => {
      for (let round = 0; round < 25; round++) {
        world.items.length = 0;
        world.items.push(...shared);
        await world.step();
      }
    }),
  );
  expect(await violations(database.pool, account.accountId)).toEqual([]);
  expect(await stored(database.pool, account.accountId)).toEqual(await recompute(database.pool, account.accountId));
});
