// clamd over TCP or a Unix socket (INSTREAM). Owns the protocol and its failures; verdict.ts owns the consequence.
import { connect, type NetConnectOpts } from 'node:net';

export type VirusScan =
  | { kind: 'clean' }
  | { kind: 'infected'; name: string }
  /** `absent`: this installation has no clamd, which is a choice; the others are failures to look. */
  | { kind: 'unscanned'; reason: 'absent' | 'down' | 'too large' };

export interface VirusScanner {
  scan(content: Buffer): Promise<VirusScan>;
}

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

function instream(target: NetConnectOpts, content: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    let reply = '';
    const timer = setTimeout(() => socket.destroy(new Error('clamd: timeout')), TIMEOUT_MS);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (reply += text));
    socket.on('error', (error) => {
      // clamd answers and hangs up as soon as its size limit is passed; that answer counts.
      if (reply.includes('\0')) resolve(reply);
      else reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(reply);
    });
    socket.on('connect', () => {
      socket.write('zINSTREAM\0');
      for (let at = 0; at < content.length; at += CHUNK_BYTES) {
        const chunk = content.subarray(at, at + CHUNK_BYTES);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(chunk.length);
        socket.write(length);
        socket.write(chunk);
      }
      socket.write(Buffer.alloc(4));
    });
  });
}
