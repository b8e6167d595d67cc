// rspamd over HTTP (/checkv2). Owns the request and its failures; what a verdict leads to is verdict.ts's.
import type { Envelope } from './mailbox-store.ts';

export type SpamScan =
  | { kind: 'scanned'; action: SpamAction; score: number; required: number }
  | { kind: 'unscanned'; reason: string };

/** rspamd's actions, from mild to harsh. */
export const SPAM_ACTIONS = ['no action', 'greylist', 'add header', 'rewrite subject', 'soft reject', 'reject'] as const;
export type SpamAction = (typeof SPAM_ACTIONS)[number];

const TIMEOUT_MS = 10_000;
/** After a failure rspamd is left alone this long, so that a dead one does not slow every message. */
const REST_MS = 10_000;
const MAX_BYTES = 20 * 1024 * 1024;

export interface SpamScanner {
  scan(content: Buffer, envelope: Envelope, recipients: string[], queueId: string): Promise<SpamScan>;
}

/** @param baseUrl of rspamd's normal worker; undefined when there is none: everything stays unscanned */
export function createSpamScanner(baseUrl: string | undefined, onFailure: (error: Error) => void): SpamScanner {
  let restUntil = 0;
  return {
    async scan(content, envelope, recipients, queueId) {
      if (!baseUrl) return { kind: 'unscanned', reason: 'no rspamd' };
      if (content.length > MAX_BYTES) return { kind: 'unscanned', reason: 'too large' };
      if (Date.now() < restUntil) return { kind: 'unscanned', reason: 'rspamd is down' };
      try {
        const response = await fetch(new URL('/checkv2', baseUrl), {
          method: 'POST',
          body: new Uint8Array(content.buffer, content.byteOffset, content.length) as Uint8Array<ArrayBuffer>,
          headers: requestHeaders(envelope, recipients, queueId),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!response.ok) throw new Error(`rspamd: status ${response.status}`);
        return parseScan(await response.json());
      } catch (error) {
        restUntil = Date.now() + REST_MS;
        onFailure(error as Error);
        return { kind: 'unscanned', reason: 'rspamd failed' };
      }
    },
  };
}

function requestHeaders(envelope: Envelope, recipients: string[], queueId: string): [string, string][] {
  const headers: [string, string][] = [
    ['Queue-Id', queueId],
    ['IP', envelope.clientAddress],
    ['Helo', headerText(envelope.helo)],
    ['From', headerText(`<${envelope.reversePath}>`)],
  ];
  if (envelope.clientName && !envelope.clientName.startsWith('[')) headers.push(['Hostname', headerText(envelope.clientName)]);
  // Fifty tell rspamd all it can use; a thousand would not fit into one request's header section.
  for (const recipient of recipients.slice(0, 50)) headers.push(['Rcpt', headerText(`<${recipient}>`)]);
  return headers;
}

/** HTTP header values are bytes: UTF-8 as Latin-1 text, without what would end the header. */
function headerText(text: string): string {
  return Buffer.from(text.replace(/[\r\n\0]/g, ''), 'utf8').toString('latin1');
}

/** @throws Error when the answer is not one of rspamd's */
export function parseScan(answer: unknown): SpamScan {
  const { action, score, required_score: required } = answer as Record<string, unknown>;
  const known = SPAM_ACTIONS.find((name) => name === action);
  if (!known || typeof score !== 'number') throw new Error('rspamd: answer not understood');
  return { kind: 'scanned', action: known, score, required: typeof required === 'number' ? required : 15 };
}
