// Puts messages from elsewhere into the mail store, each once: what is here already is passed over, and after a crash it
// is found out what of the interrupted batch had arrived.
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import { contentHash } from '../../mail/mbox/message-facts.ts';
import { takeStatusHeaders } from '../../mail/mbox/status-headers.ts';
import { messagesByArrival, messagesByInternetId } from '../../mailbox/present.store.ts';
import type { ClaimedTransfer, InFlight } from '../../transfers/transfer.ts';
import { inParallel } from './in-parallel.ts';
import type { Services } from '../services.ts';

export interface IncomingMessage {
  raw: Buffer;
  internetId: string;
  hash: string;
  date: Date;
  folderId: string;
  seen: boolean;
  starred: boolean;
  draft: boolean;
  /** Other flags and keywords. */
  flags: string[];
}

export interface BatchOutcome {
  skipped: number;
  failed: number;
}

/** The account's storage is full: nothing more can come. */
export class StoreFull extends Error {
  override name = 'StoreFull';
}

const CONCURRENCY = 4;
/** A mail store that starts anew answers within half a minute; a busy one later. */
const TRIES = 20;
const PAUSE_MS = 3_000;

export class MessageSink {
  readonly #services: Services;
  readonly #job: ClaimedTransfer;
  /** By hash: where what this transfer stored lies. The index may not know of it yet. */
  readonly #stored = new Map<string, { mailboxId: string; uid: number }>();

  constructor(services: Services, job: ClaimedTransfer) {
    this.#services = services;
    this.#job = job;
  }

  /** After a crash: which messages of the interrupted batch the mail store has. */
  async settle(inFlight: InFlight): Promise<void> {
    const hashes = new Set(inFlight.hashes);
    const { mailStore } = this.#services;
    for (const { folderId, uidNext } of inFlight.folders) {
      for (const { uid } of await mailStore.scanSequences(folderId, uidNext - 1, 1000)) {
        const hash = await this.#hashOf({ folderId, uid });
        if (hash !== null && hashes.has(hash)) this.#stored.set(hash, { mailboxId: folderId, uid });
      }
    }
  }

  /** What of a batch is new, and the note of it that must be on disk before `store`. */
  async prepare(batch: readonly IncomingMessage[]): Promise<{ fresh: IncomingMessage[]; inFlight: InFlight | null }> {
    const present = await this.#presentHashes(batch);
    const seen = new Set<string>();
    const fresh = batch.filter(({ hash }) => !present.has(hash) && !seen.has(hash) && seen.add(hash));
    if (fresh.length === 0) return { fresh, inFlight: null };
    const wanted = new Set(fresh.map(({ folderId }) => folderId));
    const mailboxes = await this.#services.mailStore.listMailboxes(this.#job.wildduckUserId);
    const folders = mailboxes.filter(({ id }) => wanted.has(id)).map(({ id, uidNext }) => ({ folderId: id, uidNext }));
    return { fresh, inFlight: { folders, hashes: fresh.map(({ hash }) => hash) } };
  }

  /** @throws StoreFull */
  async store(fresh: readonly IncomingMessage[]): Promise<{ failed: number }> {
    let failed = 0;
    // One after the other: programs show mail in the order of UIDs, which is to be that of the source.
    for (const message of fresh) {
      if (!this.#stored.has(message.hash) && !(await this.#upload(message))) failed += 1;
    }
    await this.#flag(fresh);
    return { failed };
  }

  /** Hashes of those that lie somewhere in the mailbox, compared as a whole: a Message-ID alone proves nothing. */
  async #presentHashes(batch: readonly IncomingMessage[]): Promise<Set<string>> {
    const { pool } = this.#services;
    const { accountId } = this.#job;
    const nameless = batch.filter(({ internetId }) => internetId === '');
    const candidates = [
      ...(await messagesByInternetId(pool, accountId, [...new Set(batch.map(({ internetId }) => internetId).filter(Boolean))])),
      ...(await messagesByArrival(pool, accountId, nameless.map(({ date }) => date))),
    ];
    const present = new Set<string>();
    await inParallel(candidates, CONCURRENCY, async (place) => {
      const hash = await this.#hashOf(place);
      if (hash !== null) present.add(hash);
    });
    // Stored by this very transfer before: its flags may still be missing.
    for (const { hash } of batch) if (this.#stored.has(hash)) present.delete(hash);
    return present;
  }

  async #hashOf({ folderId, uid }: { folderId: string; uid: number }): Promise<string | null> {
    return patiently(async () => {
      const source = await this.#services.wildduck.getSource({ userId: this.#job.wildduckUserId, mailboxId: folderId, uid });
      return source && contentHash(takeStatusHeaders(await buffer(source)).raw);
    });
  }

  /** @returns false when the mail store refuses this very message */
  async #upload(message: IncomingMessage): Promise<boolean> {
    const { wildduck, log } = this.#services;
    try {
      // Not repeated after a time-out: it may have been carried out. Whoever takes the transfer up again finds out.
      const { uid, mailboxId } = await patiently(
        () => wildduck.uploadRaw({ userId: this.#job.wildduckUserId, mailboxId: message.folderId }, message.raw, { date: message.date, unseen: !message.seen, flagged: message.starred, draft: message.draft }),
        (error) => error.code === 'rate-limited' || (error.code === 'unavailable' && error.status !== undefined),
      );
      this.#stored.set(message.hash, { mailboxId, uid });
      return true;
    } catch (error) {
      if (!(error instanceof WildduckError)) throw error;
      if (error.code === 'over-quota') throw new StoreFull('the mailbox is full', { cause: error });
      if (error.code !== 'invalid') throw error;
      log.info({ transfer: this.#job.id, err: error.message }, 'a message was refused');
      return false;
    }
  }

  async #flag(messages: readonly IncomingMessage[]): Promise<void> {
    const sets = new Map<string, { mailboxId: string; flags: string[]; uids: number[] }>();
    for (const { hash, flags } of messages) {
      const place = this.#stored.get(hash);
      if (!place || flags.length === 0) continue;
      const key = JSON.stringify([place.mailboxId, flags]);
      const set = sets.get(key) ?? { mailboxId: place.mailboxId, flags, uids: [] };
      set.uids.push(place.uid);
      sets.set(key, set);
    }
    for (const { mailboxId, flags, uids } of sets.values()) {
      await patiently(() => this.#services.flags.changeFlags({ userId: this.#job.wildduckUserId, mailboxId }, uids, { add: flags }));
    }
  }
}

/** Tries again while the mail store is away. */
export async function patiently<T>(work: () => Promise<T>, again: (error: WildduckError) => boolean = ({ code }) => ['unavailable', 'timeout', 'rate-limited'].includes(code)): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WildduckError) || !again(error) || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
