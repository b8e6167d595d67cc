// Erasing an address: what waits for it is cancelled, messages to and from it are emptied, the log keeps a pseudonym. In
// small steps, each repeatable; run again, it finds what was still needed the first time.
import { randomBytes } from 'node:crypto';
import type { BlobStore } from '../../infra/blobs/blob-store.ts';
import type { PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { eraseConversations } from '../conversation-log.ts';
import { type EventPosition, LOG_START } from '../events/event-log.store.ts';
import { type Erasure, eraseElsewhere, eraseFromEvents, eraseMessages, messagesOf, nextStretch } from './erase-address.store.ts';
import { type CommandDeps, runCommand } from './queue-commands.ts';
import { countSelected } from './selection.store.ts';

export interface ErasureDeps extends CommandDeps {
  blobs: BlobStore;
}

export interface ErasureResult {
  pseudonym: string;
  /** Waiting deliveries to the address that were cancelled. */
  cancelled: number;
  /** Rows changed, by place. */
  changed: Record<string, number>;
  /** Deliveries to it that a worker is attempting, and messages that others still wait for: run again later. */
  left: { attempting: number; messages: number };
}

const EVENTS_PER_STEP = 5_000;

/**
 * @param address any case
 * @param by who orders it, for the event of what is cancelled
 * @param onStep in each step's transaction, with how many rows it changed
 */
export async function eraseAddress(
  deps: ErasureDeps,
  address: string,
  by: string,
  onStep: (client: PoolClient, changed: number) => Promise<void>,
): Promise<ErasureResult> {
  const erasure: Erasure = { address: address.toLowerCase(), pseudonym: `erased-${randomBytes(6).toString('hex')}@erased.invalid` };
  const cancelled = await runCommand(deps, {
    command: { kind: 'cancel' },
    selection: { recipient: erasure.address },
    order: { by, reason: 'personal data erased' },
    now: new Date(),
    onBatch: onStep,
  });
  const log = await eraseFromLog(deps, erasure, onStep);
  const elsewhere = await withTransaction(deps.pool, async (client) => {
    const counts = await eraseElsewhere(client, erasure);
    await onStep(client, Object.values(counts).reduce((sum, count) => sum + count, 0));
    return counts;
  });
  const { attempting } = await countSelected(deps.pool, { recipient: erasure.address }, []);
  return {
    pseudonym: erasure.pseudonym,
    cancelled,
    changed: { events: log.events, messages: log.messages, conversations: log.conversations, ...elsewhere },
    left: { attempting, messages: log.needed },
  };
}

/** Messages before the events that lead to them, in one transaction a stretch: cut short, nothing becomes unfindable. */
async function eraseFromLog(
  deps: ErasureDeps,
  erasure: Erasure,
  onStep: (client: PoolClient, changed: number) => Promise<void>,
): Promise<{ events: number; messages: number; conversations: number; needed: number }> {
  const total = { events: 0, messages: 0, conversations: 0, needed: 0 };
  for (let after: EventPosition = LOG_START; ; ) {
    const end = await nextStretch(deps.pool, after, EVENTS_PER_STEP);
    if (end === null) return total;
    const from = after;
    const step = await withTransaction(deps.pool, async (client) => {
      const ids = await messagesOf(client, erasure, from, end);
      const conversations = await eraseConversations(client, ids);
      const messages = await eraseMessages(client, erasure, ids);
      // What still has to go out keeps the events that lead to it, for the next run.
      const events = messages.needed > 0 ? 0 : await eraseFromEvents(client, erasure, from, end);
      await onStep(client, messages.emptied + events + conversations);
      return { ...messages, events, conversations };
    });
    // After the commit: a blob without its message is dropped with its day, a message without its blob could not be sent.
    for (const blob of step.blobs) await deps.blobs.delete(blob);
    total.events += step.events;
    total.messages += step.emptied;
    total.conversations += step.conversations;
    total.needed += step.needed;
    after = end;
  }
}
