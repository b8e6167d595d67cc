// clamd over TCP or a Unix socket (INSTREAM). Owns the protocol and its failures; whoever asks owns the consequence.
import { connect, type NetConnectOpts, type Socket } from 'node:net';

export type VirusScan =
  | { kind: 'clean' }
  | { kind: 'infected'; name: string }
  /** `absent`: this installation has no clamd, which is a choice; the others are failures to look. */
  | { kind: 'unscanned'; reason: 'absent' | 'down' | 'too large' };

/** Whole, or piece by piece. */
export type ScanContent = Buffer | AsyncIterable<Buffer>;

export interface VirusScanner {
  /** Never throws: a content that cannot be read is one that could not be scanned. */
  scan(content: ScanContent): Promise<VirusScan>;
}

/** Without a byte going either way. */
const TIMEOUT_MS = 20_000;
const REST_MS = 10_000;
const CHUNK_BYTES = 512 * 1024;

/** @param url `tcp://host:port` or `unix:///path`; undefined when there is none: everything stays unscanned */
export function createVirusScanner(url: string | undefined, onFailure: (error: Error) => void): VirusScanner {
  let restUntil = 0;
  const target = url ? clamdAddress(url) : null;
  return {
    async scan(content) {
      if (!target) return { kind: 'unscanned', reason: 'absent' };
      if (Date.now() < restUntil) return { kind: 'unscanned', reason: 'down' };
      try {
        return parseClamdReply(await instream(target, content));
      } catch (error) {
        restUntil = Date.now() + REST_MS;
        onFailure(error as Error);
        return { kind: 'unscanned', reason: 'down' };
      }
    },
  };
}

/** @throws Error for an address that is neither kind */
export function clamdAddress(text: string): NetConnectOpts {
  const url = new URL(text);
  if (url.protocol === 'unix:') return { path: decodeURIComponent(url.pathname) };
  if (url.protocol === 'tcp:' && url.hostname && url.port) return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
  throw new Error('CLAMD_URL: tcp://host:port or unix:///path expected');
}

/** @throws Error for anything that is no verdict */
export function parseClamdReply(reply: string): VirusScan {
  const text = reply.replace(/\0.*$/s, '').trim();
  if (/^stream: OK$/.test(text)) return { kind: 'clean' };
  const found = /^stream: (.+) FOUND$/.exec(text);
  if (found) return { kind: 'infected', name: found[1]! };
  // A message over clamd's StreamMaxLength is no fault of clamd's: others are still scanned.
  if (/size limit exceeded/i.test(text)) return { kind: 'unscanned', reason: 'too large' };
  throw new Error(`clamd: ${text.slice(0, 200) || 'no answer'}`);
}

/** @returns clamd's answer as it came */
async function instream(target: NetConnectOpts, content: ScanContent): Promise<string> {
  const socket = connect(target);
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('clamd: timeout')));
  socket.setEncoding('latin1');
  let reply = '';
  socket.on('data', (text: string) => (reply += text));
  const answered = new Promise<string>((resolve, reject) => {
    // clamd answers and hangs up as soon as its size limit is passed; that answer counts.
    socket.on('error', (error) => (reply.includes('\0') ? resolve(reply) : reject(error)));
    socket.on('close', () => resolve(reply));
  });
  const sent = sendContent(socket, content);
  sent.catch((error: Error) => socket.destroy(error));
  return answered;
}

/** Goes on at the speed at which clamd reads, and ends when clamd has hung up. */
async function sendContent(socket: Socket, content: ScanContent): Promise<void> {
  let goOn: () => void = () => undefined;
  for (const event of ['drain', 'close']) socket.on(event, () => goOn());
  socket.write('zINSTREAM\0');
  for await (const piece of Buffer.isBuffer(content) ? [content] : content) {
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
      const chunk = piece.subarray(at, at + CHUNK_BYTES);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(chunk.length);
      socket.write(length);
      if (!socket.write(chunk)) await new Promise<void>((resolve) => (goOn = resolve));
      if (socket.destroyed) return;
    }
  }
  socket.write(Buffer.alloc(4));
}
