// Which cursors are closed when: by age, by number, by hand.
import { expect, test } from 'vitest';
import { encodeDocument } from './bson/write.ts';
import { CursorStore, hasResultFile, type Cursor } from './cursors.ts';

function cursor(id: number, overrides: Partial<Cursor> = {}): Cursor {
  return {
    id: BigInt(id),
    database: 'd',
    collection: 'c',
    sessionKey: null,
    connection: null,
    inTransaction: false,
    keepAlive: false,
    continuation: encodeDocument({ qi: 1 }),
    lastUsed: 0,
    busy: false,
    ...overrides,
  };
}

function storeWith(cursors: Cursor[]): { store: CursorStore; closed: bigint[] } {
  const closed: bigint[] = [];
  const store = new CursorStore((gone) => closed.push(...gone.map(({ id }) => id)));
  for (const one of cursors) store.add(one);
  return { store, closed };
}

test('ten idle minutes close a cursor, unless it is in use or was asked to stay', () => {
  const { store, closed } = storeWith([cursor(1), cursor(2, { busy: true }), cursor(3, { keepAlive: true }), cursor(4, { lastUsed: 30_000 })]);
  store.expire(600_000);
  expect(closed).toEqual([]);
  store.expire(600_001);
  expect(closed).toEqual([1n]);
  store.end();
});

test('killing tells whether there was one; draining frees nothing', () => {
  const { store, closed } = storeWith([cursor(1), cursor(2)]);
  expect(store.kill(1n)).toBe(true);
  expect(store.kill(1n)).toBe(false);
  store.drained(store.get(2n) as Cursor);
  expect(closed).toEqual([1n]);
  store.end();
});

test('beyond the limit the one unused longest goes', () => {
  const { store, closed } = storeWith(Array.from({ length: 4_000 }, (_, i) => cursor(i + 1)));
  store.touch(store.get(1n) as Cursor, 5);
  store.add(cursor(5_000));
  expect(closed).toEqual([2n]);
  store.end();
});

test('result files are known from the continuation', () => {
  expect(hasResultFile(cursor(1))).toBe(false);
  expect(hasResultFile(cursor(1, { continuation: encodeDocument({ qf: 'x' }) }))).toBe(true);
});
