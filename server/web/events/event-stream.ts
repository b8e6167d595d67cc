// GET /api/events: changes of one account as server-sent events. Folders that change together are told once.
import type { FeedMessage } from './change-feed.store.ts';
import type { AccountContext } from '../api/context.ts';

const HEARTBEAT_MS = 25_000;
/** Changes that come in a burst (a bulk move, an import) are told together. */
const GATHER_MS = 100;
/** The browser comes back by itself; a session that ended meanwhile is then refused. */
const LIFETIME_MS = 15 * 60_000;
const RECONNECT_MS = 2_000;

/**
 * The stream. Events: `refresh` (something may have been missed: sent first when the browser resumes with
 * Last-Event-ID) and `change` with the folders to read again.
 */
export function openEventStream(context: AccountContext): Response {
  const { services, session, request } = context;
  const encoder = new TextEncoder();
  let stop: () => void = () => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let gathered: Set<string> | null = null;
      let all = false;
      let gatherTimer: NodeJS.Timeout | null = null;
      let ended = false;
      const write = (text: string) => {
        if (!ended) controller.enqueue(encoder.encode(text));
      };
      const send = (event: string, data: unknown) => write(`id: ${Date.now()}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      const flush = () => {
        const folderIds = all ? [] : [...(gathered ?? [])];
        gathered = null;
        gatherTimer = null;
        all = false;
        send('change', { folderIds });
      };
      const listen = (message: FeedMessage) => {
        if (message.kind === 'refresh') return send('refresh', {});
        gathered ??= new Set();
        for (const folderId of message.folderIds) gathered.add(folderId);
        if (message.folderIds.length === 0) all = true;
        gatherTimer ??= setTimeout(flush, GATHER_MS);
      };
      const unfollow = services.changes.follow(session.accountId, listen);
      const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
      const lifetime = setTimeout(() => stop(), LIFETIME_MS);
      stop = () => {
        if (ended) return;
        ended = true;
        unfollow();
        clearInterval(heartbeat);
        clearTimeout(lifetime);
        if (gatherTimer) clearTimeout(gatherTimer);
        try {
          controller.close();
        } catch {
          // The reader has gone and closed it itself.
        }
      };
      request.signal.addEventListener('abort', () => stop(), { once: true });
      write(`retry: ${RECONNECT_MS}\n\n`);
      if (request.headers.has('last-event-id')) send('refresh', {});
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // no-transform: compression would hold events back.
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
