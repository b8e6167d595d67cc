// What the web process does beside answering: notes each client's address, finishes unfinished sends, cleans up,
// and leaves when its supervisor goes.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { serveMetrics } from '../infra/metrics/metrics-socket.ts';
import { PEER_HEADER } from './api/request-origin.ts';
import { services } from './services.ts';
import { startChores } from './chores.ts';

/** Idempotent within the process. */
export function startWeb(): void {
  prepareRequests();
  const { config, log } = services();
  startChores(services());
  void serveMetrics('web', config.metricsFolder, log);
  // Its thread takes a second to load: not when the first message is opened.
  void services().sanitiser.sanitise('warm-up', () => '<p></p>');
  process.send?.({ type: 'ready' });
}

/**
 * Next tells handlers nothing about the socket, and X-Forwarded-For is whatever the client says. Node announces each
 * request before anybody handles it: the one moment to note, over any such header from outside, who is connected. And
 * to mend what Next would answer with 500.
 */
function prepareRequests(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[PEER_HEADER] = request.socket.remoteAddress ?? '';
    request.url = decodable(request.url ?? '/');
  });
}

/** An address whose escapes are not UTF-8 names nothing; taken literally it is a plain 404. */
function decodable(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + (end < 0 ? '' : url.slice(end));
  }
}
