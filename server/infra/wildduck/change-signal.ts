// WildDuck's announcements over Redis that something changed for a user. A hint, not a record: it may be lost, so
// whoever listens also looks by the clock.
import { Redis } from 'ioredis';

/** The channel that WildDuck's processes publish on, unless they are told to use one per worker. */
const CHANNEL = 'wd_events';

export interface ChangeSignal {
  close(): Promise<void>;
}

/**
 * Calls `onChange` with the id of each user for whom something changed. Reconnects by itself.
 * @param onFault told once per fault of the connection
 */
export function listenForChanges(
  redisUrl: string,
  onChange: (userId: string) => void,
  onFault: (error: Error) => void,
): ChangeSignal {
  const redis = new Redis(redisUrl, {
    connectionName: 'eider-indexer',
    retryStrategy: (attempt) => Math.min(attempt * 200, 5000),
    maxRetriesPerRequest: null,
  });
  redis.on('error', onFault);
  redis.on('message', (_channel: string, message: string) => {
    const userId = /"e"\s*:\s*"([0-9a-f]{24})"/.exec(message)?.[1];
    if (userId !== undefined) onChange(userId);
  });
  // ioredis subscribes again after each reconnection.
  redis.subscribe(CHANNEL).catch(onFault);
  return {
    async close() {
      redis.disconnect();
    },
  };
}
