// Makes the mail store's indexes in WildDuck's stead, and drops those that are left out. WildDuck makes its own list
// only while it holds a lock in Redis: as long as that lock is taken, the list is ours. Idempotent.
import { MongoClient, MongoServerError, type Db } from 'mongodb';
import { packageIndexes, wantedIndexes, type StoreIndex } from './index-list.ts';
import { holdIndexLock } from './redis.ts';

/** An index of that name, or of those keys, exists with other options: the operator's own, which stays. */
const INDEX_OPTIONS_CONFLICT = 85;
const INDEX_KEY_SPECS_CONFLICT = 86;
const NAMESPACE_NOT_FOUND = 26;
const INDEX_NOT_FOUND = 27;

export interface IndexSetup {
  mongoUrl: string;
  redisUrl: string;
  /** Told of an index that could not be made or dropped: the mail store works without it, only slower. */
  onFailure: (text: string) => void;
  /** Indexes to do without; see index-list.ts. */
  leftOut: Readonly<Record<string, readonly string[]>>;
}

/** Call before WildDuck starts; it must start within the lock's five minutes. Rejects when a database is away. */
export async function setUpIndexes({ mongoUrl, redisUrl, onFailure, leftOut }: IndexSetup): Promise<void> {
  await holdIndexLock(redisUrl);
  const client = new MongoClient(mongoUrl, { appName: 'eider-indexes', serverSelectionTimeoutMS: 30_000, maxPoolSize: 2 });
  try {
    const database = client.db();
    for (const [collection, names] of Object.entries(leftOut)) await dropIndexes(database, collection, names, onFailure);
    for (const [collection, indexes] of byCollection(wantedIndexes(leftOut))) {
      await dropIndexes(database, collection, await outdated(database, collection, indexes), onFailure);
      await makeIndexes(database, collection, indexes, onFailure);
    }
  } finally {
    await client.close();
  }
}

function byCollection(indexes: readonly StoreIndex[]): Map<string, StoreIndex['index'][]> {
  const grouped = new Map<string, StoreIndex['index'][]>();
  for (const { collection, index } of indexes) grouped.set(collection, [...(grouped.get(collection) ?? []), index]);
  return grouped;
}

/** All of a collection's in one command; one by one where that fails, since a batch fails as a whole. */
async function makeIndexes(database: Db, collection: string, indexes: readonly StoreIndex['index'][], onFailure: IndexSetup['onFailure']): Promise<void> {
  try {
    await database.collection(collection).createIndexes([...indexes]);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    for (const index of indexes) await makeIndex(database, collection, index, onFailure);
  }
}

async function makeIndex(database: Db, collection: string, index: StoreIndex['index'], onFailure: IndexSetup['onFailure']): Promise<void> {
  try {
    await database.collection(collection).createIndexes([index]);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (error.code === INDEX_OPTIONS_CONFLICT || error.code === INDEX_KEY_SPECS_CONFLICT) return;
    onFailure(`index ${collection}.${index.name} could not be made: ${error.message}`);
  }
}

async function dropIndexes(database: Db, collection: string, names: readonly string[], onFailure: IndexSetup['onFailure']): Promise<void> {
  if (names.length === 0) return;
  const present = await presentIndexes(database, collection);
  for (const name of names.filter((one) => present.has(one))) {
    try {
      await database.collection(collection).dropIndex(name);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      if (error.code !== INDEX_NOT_FOUND) onFailure(`index ${collection}.${name} could not be dropped: ${error.message}`);
    }
  }
}

/** Indexes that an earlier release made with the package's keys, and that now have others. The operator's own stay. */
async function outdated(database: Db, collection: string, indexes: readonly StoreIndex['index'][]): Promise<string[]> {
  const present = await presentIndexes(database, collection);
  const before = new Map(packageIndexes().filter((one) => one.collection === collection).map(({ index }) => [index.name, JSON.stringify(index.key)]));
  return indexes.flatMap(({ name, key }) => {
    const found = present.get(name);
    return found !== undefined && found !== JSON.stringify(key) && found === before.get(name) ? [name] : [];
  });
}

/** Names and keys. */
async function presentIndexes(database: Db, collection: string): Promise<Map<string, string>> {
  try {
    const indexes = await database.collection(collection).listIndexes().toArray();
    return new Map(indexes.map(({ name, key }) => [String(name), JSON.stringify(key)]));
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return new Map();
    throw error;
  }
}
