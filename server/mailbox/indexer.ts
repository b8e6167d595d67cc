// Keeps all accounts' indexes in step with the store: which account is looked at when, by how many hands, and
// what happens after a fault. How one account is brought up to date is follow-journal.ts and compare-account.ts.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../infra/clock/clock.ts';
import type { Pool } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import type { WildduckStore } from '../infra/wildduck/store.ts';
import {
  accountsBehind, accountsOfUsers, accountsToCompare, indexableAccounts, isEmpty, leaseAccount, LeaseLostError, orphanedIndexes,
  releaseLeases, type Writer,
} from './account.store.ts';
import { buildAccount } from './build-account.ts';
import { compareAccount } from './compare-account.ts';
import { dropIndex } from './drop-index.store.ts';
import { confirmItems, followJournal, JOURNAL_REACH_MS, journalReaches } from './follow-journal.ts';
import { readPollState, savePollState, type PollState } from './poll.store.ts';
import { Turns } from './turns.ts';

/** Short, so that what a dead indexer held, or one that an operator's rebuild waits for, is free soon. */
const LEASE_SECONDS = 10;
const LEASE_RENEW_MS = 3_000;
/** How often the journal is looked at without being told. */
const POLL_MS = 2_000;
/** How far back a poll reads the journal: longer than any write to it takes to show. */
const POLL_REACH_MS = 30_000;
/** How far back the first poll reads: an account's turn may have failed, and been tried again, when the last indexer ended. */
const FIRST_POLL_REACH_MS = 600_000;
/** How often it is noted down how far polling has come. */
const POLL_NOTE_MS = 20_000;
/** How often each account is compared message by message, in case something went wrong unseen. */
const COMPARE_EVERY_MS = 24 * 3_600_000;
const COMPARE_BATCH = 20;
/** How often new accounts, and those due for comparison, are looked for: until then a new one has no folders. */
const STALE_MS = 2_000;
/** How often the index of accounts that are gone is looked for and removed. */
const SWEEP_MS = 60_000;
const RETRY_MS = 5_000;

export interface IndexerDeps {
  pool: Pool;
  store: WildduckStore;
  clock: Clock;
  log: Logger;
}

export class Indexer {
  readonly #deps: IndexerDeps;
  readonly #owner = randomUUID();
  readonly #writer: Writer;
  /** Short work, an account at a time per hand. Comparisons take minutes and must not stand in its way. */
  readonly #following: Turns;
  readonly #comparing: Turns;
  readonly #accountByUser = new Map<string, string>();
  /** Journal entries applied by this process, per account, for the overlap of reads. */
  readonly #seen = new Map<string, Set<string>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;
  #polled: PollState | undefined;
  #pollNotedAt = 0;

  constructor(deps: IndexerDeps, hands: { following?: number; comparing?: number } = {}) {
    this.#deps = deps;
    this.#writer = { kind: 'indexer', owner: this.#owner };
    this.#following = new Turns(hands.following ?? 3, (accountId) => this.#guarded(accountId, () => this.#follow(accountId)));
    this.#comparing = new Turns(hands.comparing ?? 1, (accountId) => this.#guarded(accountId, () => this.#compare(accountId)));
  }

  /** Begins to poll. Returns at once. */
  start(): void {
    this.#loop(() => this.#poll(), POLL_MS);
    this.#loop(() => this.#findStale(), STALE_MS);
    this.#loop(() => this.#sweep(), SWEEP_MS);
  }

  /** The store says that something changed for a user. */
  userChanged(userId: string): void {
    const accountId = this.#accountByUser.get(userId);
    if (accountId !== undefined) this.#following.ask(accountId);
    else void this.#resolve([userId]).catch((error: unknown) => this.#report('unknown user', error));
  }

  /** Takes no new work, finishes the steps under way, and gives its leases back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([this.#following.stop(), this.#comparing.stop()]);
    await releaseLeases(this.#deps.pool, this.#owner);
  }

  /** Asks for turns of the accounts whose newest journal entry is past the index's position. */
  async #poll(): Promise<void> {
    const { pool, clock } = this.#deps;
    const now = clock.now();
    const last = await this.#lastPoll(now);
    if (last === null || now.getTime() - last.polledAt.getTime() > JOURNAL_REACH_MS) {
      // Nobody looked for longer than the journal tells: each account's own position says what is to be done.
      this.#polled = { polledAt: now, gaplessSince: now };
      for (const { accountId } of await indexableAccounts(pool)) this.#following.ask(accountId);
    } else {
      const reachMs = this.#polled === undefined ? FIRST_POLL_REACH_MS : POLL_REACH_MS;
      // Set before accounts are asked for, since their turns want it; moved on only once all have been.
      this.#polled = last;
      // A clock that was set back must not make polls skip what happens meanwhile.
      await this.#askChanged(new Date(Math.min(last.polledAt.getTime(), now.getTime()) - reachMs));
      this.#polled = { polledAt: now, gaplessSince: last.gaplessSince };
    }
    if (now.getTime() - this.#pollNotedAt < POLL_NOTE_MS) return;
    await savePollState(pool, this.#polled);
    this.#pollNotedAt = now.getTime();
  }

  /** This indexer's own, or another's when this one has just begun or has slept. */
  async #lastPoll(now: Date): Promise<PollState | null> {
    const own = this.#polled;
    return own && now.getTime() - own.polledAt.getTime() < JOURNAL_REACH_MS / 2 ? own : readPollState(this.#deps.pool);
  }

  async #askChanged(since: Date): Promise<void> {
    const changed = await this.#deps.store.changedAccounts(since);
    await this.#resolve(changed.map((entry) => entry.userId), false);
    const known = changed.flatMap(({ userId, newestId }) => {
      const accountId = this.#accountByUser.get(userId);
      return accountId === undefined ? [] : [{ accountId, newestId }];
    });
    for (const accountId of await accountsBehind(this.#deps.pool, known)) this.#following.ask(accountId);
  }

  async #findStale(): Promise<void> {
    const before = new Date(this.#deps.clock.now().getTime() - COMPARE_EVERY_MS);
    for (const accountId of await accountsToCompare(this.#deps.pool, this.#owner, before, COMPARE_BATCH)) this.#comparing.ask(accountId);
  }

  async #sweep(): Promise<void> {
    for (const accountId of await orphanedIndexes(this.#deps.pool, 5)) {
      await dropIndex(this.#deps.pool, accountId);
      this.#deps.log.info({ account: accountId }, 'index of an account that is gone removed');
    }
  }

  /** Learns which accounts store users are; users that are not Eider's are left alone. */
  async #resolve(userIds: readonly string[], ask = true): Promise<void> {
    const unknown = userIds.filter((userId) => !this.#accountByUser.has(userId));
    if (unknown.length === 0) return;
    for (const { accountId, userId } of await accountsOfUsers(this.#deps.pool, unknown)) {
      this.#accountByUser.set(userId, accountId);
      if (ask) this.#following.ask(accountId);
    }
  }

  async #follow(accountId: string): Promise<void> {
    // Before the first poll nothing is known of how long nobody looked. It is moments away, and asks again.
    if (!this.#polled) return;
    const position = await leaseAccount(this.#deps.pool, accountId, this.#owner, LEASE_SECONDS);
    if (!position) return;
    const now = this.#deps.clock.now();
    if (!journalReaches(position, now, this.#polled.gaplessSince)) {
      this.#comparing.ask(accountId);
      return;
    }
    await this.#whileLeased(accountId, async () => {
      const seen = this.#seenOf(accountId);
      await followJournal(this.#deps, { ...position, journalId: position.journalId! }, this.#writer, now, seen);
      await confirmItems(this.#deps, accountId, this.#writer);
    });
  }

  async #compare(accountId: string): Promise<void> {
    const position = await leaseAccount(this.#deps.pool, accountId, this.#owner, LEASE_SECONDS);
    if (!position) return;
    const now = this.#deps.clock.now();
    await this.#whileLeased(accountId, async () => {
      const onProgress = () => this.#pauseIfStopped();
      if (position.comparedAt === null && (await isEmpty(this.#deps.pool, accountId))) {
        const { total } = await buildAccount(this.#deps, position, this.#writer, now, { onProgress });
        this.#deps.log.info({ account: accountId, messages: total, tookMs: this.#msSince(now) }, 'account indexed for the first time');
        return;
      }
      const report = await compareAccount(this.#deps, position, this.#writer, now, onProgress);
      this.#deps.log.info({ account: accountId, ...report, tookMs: this.#msSince(now) }, 'account compared with the store');
    });
    this.#following.ask(accountId);
  }

  /** Between steps of long work: gives up cleanly when the process is to stop. */
  async #pauseIfStopped(): Promise<void> {
    if (this.#stopped) throw new StoppedError();
  }

  /** Renews the lease while `work` runs. Writes check the lease themselves: renewing late costs work, not truth. */
  async #whileLeased(accountId: string, work: () => Promise<void>): Promise<void> {
    let renewed: Promise<unknown> = Promise.resolve();
    const renewal = setInterval(() => {
      renewed = leaseAccount(this.#deps.pool, accountId, this.#owner, LEASE_SECONDS).catch((error: unknown) => this.#report(accountId, error));
    }, LEASE_RENEW_MS);
    try {
      await work();
    } finally {
      clearInterval(renewal);
      // Else a renewal on its way could take the lease again after it was given back.
      await renewed;
    }
  }

  async #guarded(accountId: string, work: () => Promise<void>): Promise<void> {
    if (this.#stopped) return;
    try {
      await work();
    } catch (error) {
      if (error instanceof StoppedError) return;
      this.#report(accountId, error);
      this.#later(() => this.#following.ask(accountId), RETRY_MS);
    }
  }

  #msSince(moment: Date): number {
    return this.#deps.clock.now().getTime() - moment.getTime();
  }

  #seenOf(accountId: string): Set<string> {
    const seen = this.#seen.get(accountId) ?? new Set<string>();
    this.#seen.set(accountId, seen);
    // Only the overlap needs them; an account that receives ten thousand messages a day keeps a few.
    if (seen.size > 5000) for (const id of [...seen].slice(0, 2500)) seen.delete(id);
    return seen;
  }

  #report(account: string, error: unknown): void {
    if (error instanceof LeaseLostError) this.#deps.log.info({ account }, 'another indexer took the account over');
    else this.#deps.log.error({ account, err: error }, 'indexing failed; will be tried again');
  }

  #loop(work: () => Promise<void>, everyMs: number): void {
    const run = async () => {
      try {
        await work();
      } catch (error) {
        if (!this.#stopped) this.#report('all', error);
      }
      this.#later(() => void run(), everyMs);
    };
    this.#later(() => void run(), 0);
  }

  #later(work: () => void, afterMs: number): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#stopped) work();
    }, afterMs);
    this.#timers.add(timer);
  }
}

class StoppedError extends Error {
  override name = 'StoppedError';
}

