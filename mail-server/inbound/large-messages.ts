// Messages that lie in a spool file are taken in a worker thread: WildDuck parses a message in one go, seconds for
// the largest, and the sessions of all others would stand still meanwhile. Owns the thread.
import { Worker } from 'node:worker_threads';
import { ReplyError } from '../smtp/reply-error.ts';
import type { IncomingMessage, TakeMessage, TakenMessage } from './take-message.ts';

export interface LargeMessage {
  id: number;
  message: Pick<IncomingMessage, 'queueId' | 'envelope' | 'tls' | 'receivedAt'>;
  recipients: { userId: string; recipient: string }[];
  path: string;
  bytes: number;
}

export type LargeMessageResult =
  | { id: number; taken: TakenMessage }
  | { id: number; refused: { code: number; text: string } }
  | { id: number; fault: string };

interface Waiting {
  resolve: (taken: TakenMessage) => void;
  reject: (error: Error) => void;
}

/** A thread without work goes, and with it the memory of the messages that it has parsed. */
const IDLE_MS = 60_000;

const WORKER = new URL('./large-message-worker.ts', import.meta.url);

export interface LargeMessages {
  /** As TakeMessage; the content must have a spool file. */
  take: TakeMessage;
  stop(): Promise<void>;
}

/** One thread at most, started when it is first needed and again after it has ended, however it did. */
export function createLargeMessages(): LargeMessages {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;

  const settle = (result: LargeMessageResult) => {
    const entry = waiting.get(result.id);
    waiting.delete(result.id);
    if (waiting.size === 0) idle = setTimeout(() => void worker?.terminate(), IDLE_MS).unref();
    if (!entry) return;
    if ('taken' in result) entry.resolve(result.taken);
    else if ('refused' in result) entry.reject(new ReplyError(result.refused.code, result.refused.text));
    else entry.reject(new Error(result.fault));
  };

  const start = (): Worker => {
    const fresh = new Worker(WORKER);
    let cause = new Error('the thread for large messages ended');
    fresh.on('message', settle);
    fresh.on('error', (error) => (cause = error as Error));
    fresh.on('exit', () => {
      if (worker === fresh) worker = null;
      for (const [id] of waiting) settle({ id, fault: cause.message });
    });
    return fresh;
  };

  return {
    take(message) {
      clearTimeout(idle);
      worker ??= start();
      const id = next++;
      const { queueId, envelope, tls, receivedAt, content, deliveries } = message;
      const job: LargeMessage = {
        id, path: content.path!, bytes: content.bytes,
        message: { queueId, envelope, tls, receivedAt },
        recipients: deliveries.map(({ mailbox, recipient }) => ({ userId: mailbox.userId, recipient })),
      };
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker!.postMessage(job);
      });
    },
    async stop() {
      clearTimeout(idle);
      await worker?.terminate();
    },
  };
}
