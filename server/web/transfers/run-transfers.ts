// Works on imports, batch by batch: note what is about to be stored, store it, note that it is. A worker that dies in
// between leaves the first note, by which the next one finds out how much of the batch had arrived.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassingFault } from '../../infra/db/faults.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { ClaimedTransfer, InFlight, TransferProblem } from '../../transfers/transfer.ts';
import { claimTransfer, deleteOldTransfers, endedFiles, noteDropped, noteProgress, releaseTransfer } from '../../transfers/transfer.store.ts';
import type { Services } from '../services.ts';
import { filesSource } from './files-source.ts';
import { imapSource, SourceFailure } from './imap-source.ts';
import type { SourceBatch } from './mail-source.ts';
import { MessageSink, StoreFull } from './store-messages.ts';
import { dropFiles } from './uploaded-files.ts';

const LEASE_EVERY_MS = 4_000;
const STORE_TRIES = 20;
const STORE_PAUSE_MS = 3_000;

/** Another process has it now, or it was cancelled. */
class LeaseLost extends Error {}

/** Takes imports until none is left. Safe in any number of processes, and several times in one. */
export async function workOnTransfers(services: Services): Promise<void> {
  const owner = randomUUID();
  try {
    for (let job = await claimTransfer(services.pool, owner); job; job = await claimTransfer(services.pool, owner)) await workOn(services, job, owner);
  } catch (error) {
    services.log.warn({ err: (error as Error).message }, 'work on imports broke off; it is taken up again');
  }
}

async function workOn(services: Services, job: ClaimedTransfer, owner: string): Promise<void> {
  const { pool } = services;
  const log = services.log.child({ transfer: job.id, account: job.accountId });
  // One batch may take longer than the lease: a slow server elsewhere, a busy mail store.
  const keepLease = setInterval(() => void noteProgress(pool, job.id, owner, {}).catch(() => undefined), LEASE_EVERY_MS);
  try {
    await importAll(services, job, owner);
    await noteProgress(pool, job.id, owner, { end: { state: 'done' } });
    log.info('import ended');
  } catch (error) {
    if (error instanceof LeaseLost) return;
    if (isPassingFault(error)) throw error;
    const problem = problemOf(error);
    log[problem === 'internal' ? 'error' : 'warn']({ err: error }, 'an import failed');
    await noteProgress(pool, job.id, owner, { end: { state: 'failed', problem } });
  } finally {
    clearInterval(keepLease);
    await releaseTransfer(pool, job.id, owner);
  }
}

function problemOf(error: unknown): TransferProblem {
  if (error instanceof SourceFailure) return error.problem;
  if (error instanceof StoreFull) return 'quota';
  if (error instanceof WildduckError) return error.code === 'not-found' ? 'folder' : 'store';
  return 'internal';
}

async function importAll(services: Services, job: ClaimedTransfer, owner: string): Promise<void> {
  const sink = new MessageSink(services, job);
  if (job.inFlight) await sink.settle(job.inFlight);
  const source: AsyncIterable<SourceBatch> = job.spec.kind === 'imap' ? imapSource(services, job) : filesSource(services, job);
  for await (const batch of source) {
    const held = async (progress: Parameters<typeof noteProgress>[3]) => {
      if (!(await noteProgress(services.pool, job.id, owner, progress))) throw new LeaseLost();
    };
    const { fresh, inFlight } = await sink.prepare(batch.messages);
    let failed = batch.refused;
    if (inFlight) {
      await held({ inFlight, ...(batch.total !== undefined && { total: batch.total }) });
      failed += await storeSurely(sink, fresh, inFlight);
    }
    const done = batch.messages.length + batch.refused;
    await held({ done, skipped: batch.messages.length - fresh.length, failed, position: batch.position, inFlight: null, ...(batch.total !== undefined && { total: batch.total }) });
  }
}

/** @returns how many were refused. A mail store that goes away in between may have taken some: that is found out first. */
async function storeSurely(sink: MessageSink, fresh: Parameters<MessageSink['store']>[0], inFlight: InFlight): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      if (tries > 1) await sink.settle(inFlight);
      return (await sink.store(fresh)).failed;
    } catch (error) {
      const passing = error instanceof WildduckError ? error.code === 'unavailable' || error.code === 'timeout' : (error as Error).name.startsWith('Mongo');
      if (!passing || tries === STORE_TRIES) throw error;
      await sleep(STORE_PAUSE_MS);
    }
  }
}

/** Forgets the files of imports that have ended, and old transfers. */
export async function tidyTransfers({ pool, blobs }: Services): Promise<void> {
  for (const { accountId, id } of await endedFiles(pool)) {
    await dropFiles(blobs, accountId, id);
    await noteDropped(pool, id);
  }
  await deleteOldTransfers(pool);
}
