// What this worker's process knows and the database does not yet: its claims, the attempts that it has begun, and
// messages that a server took over. Written to a local file before anything else happens, so that after a kill the
// next worker neither sends again what was taken nor waits for leases of what was never begun. Survives the death of
// the process, not of the machine: no flush to disk, which would cost a sync per message.
import { mkdirSync } from 'node:fs';
import type { ClaimedDelivery } from './claim.store.ts';
import { ownIdentity } from './journal-owner.ts';
import { appendTo, SEGMENT_BYTES, type Segment, segmentStore } from './journal-segments.ts';
import type { DeliveryOutcome } from './outcome.ts';
import { deliveryKey } from './outcome.store.ts';

export interface OutcomeJournal {
  /** A claim with this token is about to be sent. */
  claiming(leaseToken: string): void;
  /** Attempts at these rows begin now: from here on a kill leaves them of unknown outcome. */
  begun(deliveries: readonly ClaimedDelivery[]): void;
  /** Records delivered outcomes; others only end what had begun: repeating their attempt does no harm. Never throws. */
  record(outcomes: readonly DeliveryOutcome[]): void;
  /** These rows are given back unattempted. */
  forget(deliveries: readonly ClaimedDelivery[]): void;
  /** Tells that the `count` oldest recorded or passed-over outcomes are in the database. */
  stored(count: number): void;
  /** Removes this process's files; for a clean stop with nothing left unstored. */
  close(): void;
}

/** Of one claim, the rows whose attempts had begun. */
export interface BegunRow {
  leaseToken: string;
  queueId: string;
  recipientNo: number;
}

/** One line of a journal. */
export type JournalLine = { claim: string } | { begun: BegunRow[] } | { over: BegunRow[] } | DeliveryOutcome;

/** Tokens that go along into the next file: claims whose rows may still be in hand. */
const LIVE_CLAIMS = 100;

/**
 * Opens this process's journal in `folder`.
 * @param onFault told when a line could not be written (a disk that was full when this process began, or is while many
 *   outcomes wait for the database): mail goes on, less well protected against a kill
 */
export function openOutcomeJournal(folder: string, onFault: (error: Error) => void = () => undefined): OutcomeJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const segments = segmentStore(folder, ownIdentity());
  let seen = 0;
  let done = 0;
  /** Claims of late, and the attempts under way: what a new file begins with. */
  const claims: string[] = [];
  const underWay = new Map<string, BegunRow>();
  let faulty = false;
  const full: Segment[] = [];
  let current = segments.take();

  /** What cannot be written must not stop mail, least of all make a delivered message look undelivered. */
  function append(lines: string): void {
    // After a line that was cut short, a new one must not become its end.
    const text = faulty ? `\n${lines}` : lines;
    try {
      if (current.at + Buffer.byteLength(text) > SEGMENT_BYTES) rotate();
      appendTo(current, text);
      faulty = false;
    } catch (error) {
      if (!faulty) onFault(error as Error);
      faulty = true;
    }
  }

  function rotate(): void {
    const needed = current.last > done;
    // First given back, then taken: on a full disk it may be the only one.
    if (!needed) segments.giveBack(current);
    const next = segments.take();
    if (needed) full.push(current);
    current = next;
    appendTo(current, [...claims.map((claim) => line({ claim })), line({ begun: [...underWay.values()] })].join(''));
  }

  return {
    claiming(leaseToken) {
      claims.push(leaseToken);
      if (claims.length > LIVE_CLAIMS) claims.shift();
      append(line({ claim: leaseToken }));
    },
    begun(deliveries) {
      const rows = deliveries.map(rowOf);
      for (const row of rows) underWay.set(deliveryKey(row), row);
      append(line({ begun: rows }));
    },
    record(outcomes) {
      seen += outcomes.length;
      let lines = '';
      for (const entry of outcomes) {
        underWay.delete(deliveryKey(entry.delivery));
        if (entry.outcome.kind === 'delivered') lines += line(entry);
      }
      if (lines === '') return;
      append(lines);
      current.last = seen;
    },
    forget(deliveries) {
      const over = deliveries.filter((delivery) => underWay.delete(deliveryKey(delivery)));
      if (over.length > 0) append(line({ over: over.map(rowOf) }));
    },
    stored(count) {
      done += count;
      while (full[0] && full[0].last <= done) segments.giveBack(full.shift()!);
    },
    close() {
      for (const segment of [...full.splice(0), current]) segments.giveBack(segment);
      segments.close();
    },
  };
}

const line = (entry: JournalLine): string => `${JSON.stringify(entry)}\n`;

const rowOf = ({ leaseToken, queueId, recipientNo }: ClaimedDelivery): BegunRow => ({ leaseToken, queueId, recipientNo });
