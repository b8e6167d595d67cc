// Limits shared by all workers, in Valkey by its clock; and the fall-back to limits of one's own, half as wide, while it
// does not answer: mail goes on.
import { Redis, type Result } from 'ioredis';
import type { Logger } from '../../infra/log/logger.ts';
import { CONNECT, DISCONNECT, GIVE_BACK, READ, RENEW, TAKE, WRITE } from './limit-scripts.ts';
import type { OpenBreaker } from './host-breakers.ts';
import { type ConnectReply, isNotable, type LimitStore, localLimitStore, type TakeReply } from './limit-store.ts';
import { FRESH_STATE, type SiteState } from './site-state.ts';

/** A worker that has not renewed for so long is gone, and its connections with it. */
export const CONNECTION_LEASE_MS = 15_000;
const MAX_CHANGE_TRIES = 8;
const NOTABLE = 'eider:limits';
/** The workers that have told of breakers, and what each told. */
const BREAKERS = 'eider:breakers';
const breakersKey = (worker: string): string => `${BREAKERS}:${worker}`;
/** A worker that is gone, or whose hosts can be reached again, is forgotten after this. */
const BREAKERS_MS = 10_000;
const limitKey = (key: string): string => `eider:limit:${key}`;
const connectionKey = (key: string): string => `eider:connections:${key}`;

type TakeRow = [slots: number, firstInMs: string, intervalMs: string, waitMs: string, state: string, now: string];

/** The scripts as commands of a connection. */
interface Scripts {
  eiderTake(key: string, interval: number, burst: number, want: number, horizon: number, accepted: number): Promise<TakeRow>;
  eiderGiveBack(key: string, slots: number, intervalMs: number): Promise<null>;
  eiderRead(key: string): Promise<[now: string, state: string, version: string, spans: number[]]>;
  eiderWrite(key: string, notable: string, version: string, state: string, learnt: string, stop: number, isNotable: string): Promise<0 | 1>;
  eiderConnect(key: string, worker: string, cap: number, ttl: number, interval: number, burst: number): Promise<[0 | 1, string, 'cap' | 'rate', number]>;
  eiderDisconnect(key: string, worker: string): Promise<null>;
  eiderRenew(key: string, worker: string, ttl: number): Promise<null>;
}

/** A connection that fails soon rather than waits: limits must never hold up mail. */
export function limitsConnection(redisUrl: string): Redis {
  const redis = new Redis(redisUrl, {
    connectionName: 'eider-limits',
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    enableOfflineQueue: true,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  // Each command's own failure is what counts.
  redis.on('error', () => undefined);
  return redis;
}

function withScripts(redis: Redis): Redis & Scripts {
  const define = (name: string, numberOfKeys: number, lua: string): void => redis.defineCommand(name, { numberOfKeys, lua });
  define('eiderTake', 1, TAKE);
  define('eiderGiveBack', 1, GIVE_BACK);
  define('eiderRead', 1, READ);
  define('eiderWrite', 2, WRITE);
  define('eiderConnect', 1, CONNECT);
  define('eiderDisconnect', 1, DISCONNECT);
  define('eiderRenew', 1, RENEW);
  return redis as Redis & Scripts;
}

const parseState = (text: string): SiteState => (text === '' ? FRESH_STATE : { ...FRESH_STATE, ...(JSON.parse(text) as Partial<SiteState>) });

/**
 * @param redis with `maxRetriesPerRequest` and a command time-out set, so that it fails rather than waits
 * @param workerId names this worker among those that hold connections
 */
export function valkeyLimitStore(redis: Redis, workerId: string): LimitStore {
  const scripts = withScripts(redis);
  return {
    async take(requests) {
      const rows = await Promise.all(
        requests.map(({ key, pace, want, horizonMs, accepted }) => scripts.eiderTake(limitKey(key), pace?.intervalMs ?? 0, pace?.burst ?? 1, want, horizonMs, accepted)),
      );
      return rows.map(
        ([slots, firstInMs, intervalMs, waitMs, state, now]): TakeReply => ({
          slots, firstInMs: Number(firstInMs), intervalMs: Number(intervalMs), waitMs: Number(waitMs), state: parseState(state), now: Number(now),
        }),
      );
    },
    async giveBack(key, slots, intervalMs) {
      await scripts.eiderGiveBack(limitKey(key), slots, intervalMs);
    },
    async change(key, change) {
      for (let tries = 1; ; tries++) {
        const [now, text, version, accepted] = await scripts.eiderRead(limitKey(key));
        const state = parseState(text);
        const next = change(state, { now: Number(now), accepted });
        if (next === null || next === state) return state;
        const notable = isNotable(next, Number(now)) ? '1' : '0';
        const learnt = next.perMinute === null ? '' : String(next.perMinute);
        if ((await scripts.eiderWrite(limitKey(key), NOTABLE, version, JSON.stringify(next), learnt, next.stop?.until ?? 0, notable)) === 1) return next;
        if (tries === MAX_CHANGE_TRIES) return state;
      }
    },
    async connect({ key, cap, pace }): Promise<ConnectReply> {
      const [granted, waitMs, why, total] = await scripts.eiderConnect(connectionKey(key), workerId, cap ?? 0, CONNECTION_LEASE_MS, pace?.intervalMs ?? 0, pace?.burst ?? 1);
      return granted === 1 ? { kind: 'granted', total } : { kind: 'refused', waitMs: Number(waitMs), why };
    },
    async disconnect(key) {
      await scripts.eiderDisconnect(connectionKey(key), workerId);
    },
    async renew(keys) {
      await Promise.all(keys.map((key) => scripts.eiderRenew(connectionKey(key), workerId, CONNECTION_LEASE_MS)));
    },
    async list() {
      const names = await redis.smembers(NOTABLE);
      const keys = names.map((name) => name.slice(limitKey('').length));
      const { now, states } = await this.read(keys);
      return keys.flatMap((key, index) => (isNotable(states[index]!, now) ? [{ key, state: states[index]! }] : []));
    },
    async publishBreakers(open) {
      if (open.length === 0) await redis.del(breakersKey(workerId));
      else await redis.multi().set(breakersKey(workerId), JSON.stringify(open), 'PX', BREAKERS_MS).sadd(BREAKERS, workerId).exec();
    },
    async listBreakers() {
      const workers = await redis.smembers(BREAKERS);
      if (workers.length === 0) return [];
      const told = await redis.mget(workers.map(breakersKey));
      const gone = workers.filter((_, index) => told[index] === null);
      if (gone.length > 0) await redis.srem(BREAKERS, gone);
      return told.flatMap((text) => (typeof text === 'string' ? (JSON.parse(text) as OpenBreaker[]) : []));
    },
    async read(keys) {
      const [time, ...texts] = await Promise.all([redis.time(), ...keys.map((key) => redis.hget(limitKey(key), 'state'))]);
      const [seconds, microseconds] = time as Awaited<Result<[number, number], { type: 'default' }>>;
      return { now: Number(seconds) * 1_000 + Number(microseconds) / 1_000, states: texts.map((text) => parseState((text as string | null) ?? '')) };
    },
  };
}

const RETRY_SHARED_MS = 1_000;
/** Of each limit, for a worker that cannot see what the others use. */
const ALONE_SHARE = 0.5;

/**
 * The shared store while it answers, one of this process's own while it does not.
 * @param alone what serves meanwhile
 */
export function withFallback(shared: LimitStore, log: Logger, alone = localLimitStore(Date.now, ALONE_SHARE)): LimitStore & { readonly degraded: boolean } {
  let brokenUntil = 0;
  let degraded = false;
  async function either<T>(ask: (store: LimitStore) => Promise<T>): Promise<T> {
    if (performance.now() < brokenUntil) return ask(alone);
    try {
      const answer = await ask(shared);
      if (degraded) log.info('limits are shared between workers again');
      degraded = false;
      return answer;
    } catch (error) {
      brokenUntil = performance.now() + RETRY_SHARED_MS;
      if (!degraded) log.warn({ err: error }, 'Valkey does not answer: each worker keeps to half of each limit by itself');
      degraded = true;
      return ask(alone);
    }
  }
  return {
    take: (requests) => either((store) => store.take(requests)),
    giveBack: (key, slots, intervalMs) => either((store) => store.giveBack(key, slots, intervalMs)),
    change: (key, change) => either((store) => store.change(key, change)),
    connect: (request) => either((store) => store.connect(request)),
    // Whichever granted it: leases of the shared one end by themselves.
    disconnect: (key) => either((store) => store.disconnect(key)),
    renew: (keys) => either((store) => store.renew(keys)),
    list: () => either((store) => store.list()),
    publishBreakers: (open) => either((store) => store.publishBreakers(open)),
    listBreakers: () => either((store) => store.listBreakers()),
    read: (keys) => either((store) => store.read(keys)),
    get degraded() {
      return degraded;
    },
  };
}
