// Fetches a remote image on a reader's behalf, so that its server learns neither address nor cookies: public
// addresses only (checked on the connection itself, after name resolution), few redirects, images only, bounded.
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isPublicAddress } from '../../infra/dns/public-address.ts';
import { NoPublicAddress, publicLookup } from '../../infra/dns/public-lookup.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const TIMEOUT_MS = 10_000;

/** Types by their first bytes: what the server says about the type is not believed. SVG is code, so not here. */
const SIGNATURES: { type: string; test: (bytes: Buffer) => boolean }[] = [
  { type: 'image/png', test: (bytes) => bytes.subarray(0, 8).equals(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])) },
  { type: 'image/jpeg', test: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff },
  { type: 'image/gif', test: (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)) },
  { type: 'image/webp', test: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP' },
  { type: 'image/avif', test: (bytes) => /^ftypavi[fs]$/.test(bytes.toString('latin1', 4, 12)) },
  { type: 'image/bmp', test: (bytes) => bytes.toString('latin1', 0, 2) === 'BM' && bytes.length > 26 },
  { type: 'image/x-icon', test: (bytes) => bytes.readUInt32BE(0) === 0x00000100 },
];

/** The image type that the bytes begin with, or null. */
export function sniffImage(bytes: Buffer): string | null {
  if (bytes.length < 12) return null;
  return SIGNATURES.find((signature) => signature.test(bytes))?.type ?? null;
}

export type ImageOutcome =
  | { kind: 'image'; contentType: string; bytes: Buffer }
  | { kind: 'refused'; reason: 'address' | 'scheme' | 'redirects' | 'type' | 'size' }
  | { kind: 'failed'; reason: string };

export interface ImageProxyOptions {
  /** For tests: which addresses may be connected to. */
  allowAddress?: (address: string) => boolean;
}

/** Fetches one image. Never throws for what the remote side does. */
export async function fetchRemoteImage(url: string, options: ImageProxyOptions = {}): Promise<ImageOutcome> {
  const allowAddress = options.allowAddress ?? isPublicAddress;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let target = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const parsed = URL.canParse(target) ? new URL(target) : null;
    if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return { kind: 'refused', reason: 'scheme' };
    const answer = await request(parsed, allowAddress, signal);
    if (answer.kind !== 'redirect') return answer;
    target = URL.canParse(answer.location, target) ? new URL(answer.location, target).href : '';
  }
  return { kind: 'refused', reason: 'redirects' };
}

const systemAddresses = async (host: string): Promise<string[]> => (await lookup(host, { all: true })).map(({ address }) => address);

function request(
  url: URL,
  allowAddress: (address: string) => boolean,
  signal: AbortSignal,
): Promise<ImageOutcome | { kind: 'redirect'; location: string }> {
  const literal = /^[\d.]+$|^\[.*\]$/.test(url.hostname);
  if (literal && !allowAddress(url.hostname.replace(/^\[|\]$/g, ''))) return Promise.resolve({ kind: 'refused', reason: 'address' });
  return new Promise((resolve) => {
    const client = url.protocol === 'https:' ? https : http;
    const outgoing = client.get(
      url,
      {
        lookup: publicLookup(systemAddresses, allowAddress),
        signal,
        agent: false,
        headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'Mozilla/5.0 (compatible; image proxy)' },
      },
      (incoming) => {
        const location = incoming.headers.location;
        if (incoming.statusCode && incoming.statusCode >= 300 && incoming.statusCode < 400 && location) {
          incoming.destroy();
          return resolve({ kind: 'redirect', location });
        }
        if (incoming.statusCode !== 200) {
          incoming.destroy();
          return resolve({ kind: 'failed', reason: `status ${incoming.statusCode}` });
        }
        void readImage(incoming).then(resolve);
      },
    );
    outgoing.on('error', (error) => {
      resolve(error instanceof NoPublicAddress ? { kind: 'refused', reason: 'address' } : { kind: 'failed', reason: error.message });
    });
  });
}

async function readImage(incoming: http.IncomingMessage): Promise<ImageOutcome> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > MAX_BYTES) return { kind: 'refused', reason: 'size' };
      chunks.push(chunk);
    }
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'broken answer' };
  } finally {
    incoming.destroy();
  }
  const bytes = Buffer.concat(chunks);
  const contentType = sniffImage(bytes);
  return contentType === null ? { kind: 'refused', reason: 'type' } : { kind: 'image', contentType, bytes };
}
