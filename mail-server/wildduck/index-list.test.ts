import { describe, expect, test } from 'vitest';
import { LEFT_OUT, leftOutOf, packageIndexes, TEXT_INDEX, wantedIndexes } from './index-list.ts';

const named = (indexes: ReturnType<typeof packageIndexes>) => indexes.map(({ collection, index }) => `${collection}.${index.name}`);

describe('the list of indexes', () => {
  test('what is left out is in the package: a renamed index would come back unnoticed', () => {
    const known = new Set(named(packageIndexes()));
    const leftOut = Object.entries(LEFT_OUT).flatMap(([collection, names]) => names.map((name) => `${collection}.${name}`));
    expect(leftOut.filter((name) => !known.has(name))).toEqual([]);
    expect(wantedIndexes()).toHaveLength(known.size - leftOut.length);
  });

  test('the text index goes only where our front answers for it', () => {
    const text = `${TEXT_INDEX.collection}.${TEXT_INDEX.name}`;
    expect(named(wantedIndexes(leftOutOf({ ownFront: false })))).toContain(text);
    expect(named(packageIndexes()).filter((name) => !named(wantedIndexes(leftOutOf({ ownFront: true }))).includes(name))).toContain(text);
  });

  test('an index with other keys begins as the package’s does, and is smaller', () => {
    const changed = wantedIndexes().flatMap(({ collection, index }) => {
      const theirs = packageIndexes().find((one) => one.collection === collection && one.index.name === index.name)!.index;
      return JSON.stringify(theirs.key) === JSON.stringify(index.key) ? [] : [{ name: index.name, ours: Object.keys(index.key), theirs: Object.keys(theirs.key) }];
    });
    expect(changed).toEqual([{ name: 'mailbox_uid', ours: ['mailbox', 'uid'], theirs: ['mailbox', 'uid', '_id'] }]);
  });

  test('unique, expiring and, on MongoDB, text indexes always stay', () => {
    const kept = new Set(named(wantedIndexes()));
    const meaning = packageIndexes().filter(({ index }) => index.unique === true || index.expireAfterSeconds !== undefined || Object.values(index.key).includes('text'));
    expect(meaning.length).toBeGreaterThan(10);
    expect(named(meaning).filter((name) => !kept.has(name))).toEqual([]);
  });

  test('every collection that loses one keeps one that begins with the same field, or has its primary key', () => {
    const kept = wantedIndexes();
    for (const { collection, index } of packageIndexes().filter(({ collection: name, index: one }) => LEFT_OUT[name]?.includes(one.name))) {
      const first = Object.keys(index.key)[0];
      const covered = first === '_id' || kept.some((other) => other.collection === collection && Object.keys(other.index.key)[0] === first);
      if (collection !== 'users') expect(covered, `${collection}.${index.name}`).toBe(true);
    }
  });
});
