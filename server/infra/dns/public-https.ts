// One HTTPS request to a host that a stranger named: public addresses only (checked on the connection itself), the
// certificate checked, no redirects, bounded in time and size. For MTA-STS policies and TLS reports.
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DnsResolver } from './resolver.ts';
import { isPublicAddress } from './public-address.ts';
import { publicLookup } from './public-lookup.ts';

export interface PublicHttpsDeps {
  dns: Pick<DnsResolver, 'addresses'>;
  /** For tests: a port, a trust store and addresses of this machine. */
  overrides?: { port?: number; ca?: string; allowAddress?: (address: string) => boolean };
}

export interface PublicHttpsRequest {
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer;
  timeoutMs: number;
  /** A longer answer is a failure. */
  maxBytes: number;
}

export type PublicHttpsResult =
  | { kind: 'answered'; status: number; contentType: string; body: string }
  /** `certificate`: there is a server, and its certificate is not valid for the host. */
  | { kind: 'failed'; cause: 'certificate' | 'other'; reason: string };

/** Never throws for what the other side does. */
export function publicHttps(deps: PublicHttpsDeps, asked: PublicHttpsRequest): Promise<PublicHttpsResult> {
  const url = URL.canParse(asked.url) ? new URL(asked.url) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return Promise.resolve(failed('not an https URL'));
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return Promise.resolve(failed('an address in place of a host name'));
  const { port, ca } = deps.overrides ?? {};
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: asked.method,
      headers: { 'user-agent': 'Eider', ...asked.headers, ...(asked.body && { 'content-length': asked.body.length }) },
      agent: false,
      minVersion: 'TLSv1.2',
      signal: AbortSignal.timeout(asked.timeoutMs),
      lookup: lookupOf(deps),
      ...(port !== undefined && { port }),
      ...(ca !== undefined && { ca }),
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(failureOf(error)));
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= asked.maxBytes) return;
        resolve(failed(`an answer of more than ${asked.maxBytes} bytes`));
        incoming.destroy();
      });
      incoming.on('error', (error) => resolve(failed(error.message)));
      incoming.on('close', () => resolve(failed('the answer broke off')));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ kind: 'answered', status: incoming.statusCode ?? 0, contentType: incoming.headers['content-type'] ?? '', body });
      });
    });
    outgoing.end(asked.body);
  });
}

const failed = (reason: string): PublicHttpsResult => ({ kind: 'failed', cause: 'other', reason });

function failureOf(error: NodeJS.ErrnoException): PublicHttpsResult {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return failed('no answer in time');
  const isCertificate = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/.test(error.code ?? '');
  return { kind: 'failed', cause: isCertificate ? 'certificate' : 'other', reason: error.code ?? error.message };
}

function lookupOf({ dns, overrides }: PublicHttpsDeps): LookupFunction {
  const addressesOf = async (host: string): Promise<string[]> => {
    const answer = await dns.addresses(host);
    if (answer.kind === 'found') return answer.records;
    throw new Error(answer.kind === 'none' ? `${host} has no address` : answer.reason);
  };
  return publicLookup(addressesOf, overrides?.allowAddress ?? isPublicAddress);
}
