'use client';
// Actions that could not reach the server: kept in this browser in the order in which they were done, and done again
// when it can be reached. One tab at a time replays. What the server then refuses is told, and the lists are read anew.
import { ApiError, api } from '../../../server/web/contract/client.ts';
import type { ActionBody } from '../../../server/web/contract/mailbox.ts';
import { browserStore } from '../_compose/browser-store.ts';
import { waitingActions } from '../_state/waiting-actions.ts';

interface Row {
  /** Sorts in the order in which things were done. */
  key: string;
  accountId: string;
  body: ActionBody;
}

const store = browserStore<Row>('eider-outbox', 'key');
let serial = 0;

function nextKey(): string {
  serial += 1;
  return `${new Date().toISOString()}.${String(serial).padStart(6, '0')}`;
}

const rowsOf = async (accountId: string): Promise<Row[]> => (await store.all()).filter((row) => row.accountId === accountId);

/** Counts what waits, also what an earlier page left behind. */
export async function countWaiting(accountId: string): Promise<void> {
  waitingActions.set((await rowsOf(accountId)).length);
}

/** @returns a way to take it back before it is sent; null when this browser keeps nothing */
export async function keepAction(accountId: string, body: ActionBody): Promise<(() => Promise<void>) | null> {
  const row: Row = { key: nextKey(), accountId, body };
  if (!(await store.keep(row))) return null;
  await countWaiting(accountId);
  return async () => {
    store.delete(row.key);
    await countWaiting(accountId);
  };
}

export interface Replayed {
  done: number;
  /** Refused by the server, or of things that are no longer there. */
  refused: number;
}

/** Whether the same action may succeed later. */
const waits = (error: unknown): boolean => error instanceof ApiError && (error.transient || error.code === 'unauthenticated' || error.code === 'csrf_failed');

/** Sends what waits, the oldest first; stops where the server cannot be reached, and keeps the rest. */
export async function replayActions(accountId: string): Promise<Replayed> {
  const replay = async (): Promise<Replayed> => {
    const outcome = { done: 0, refused: 0 };
    for (const row of await rowsOf(accountId)) {
      try {
        const { results } = await api('conversations.act', { body: row.body }, { timeoutMs: 60_000 });
        if (results.some((result) => result.status === 'failed' || result.status === 'not_found')) outcome.refused += 1;
        else outcome.done += 1;
      } catch (error) {
        if (waits(error)) break;
        outcome.refused += 1;
      }
      store.delete(row.key);
    }
    await countWaiting(accountId);
    return outcome;
  };
  // Without a secure context there are no locks, and hardly ever a second tab either.
  return 'locks' in navigator ? navigator.locks.request('eider-outbox', replay) : replay();
}
