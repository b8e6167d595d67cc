// One HTTPS request to a host that a stranger named: public addresses only (checked on the connection itself), the
// certificate checked, no redirects, bounded in time and size. For MTA-STS policies and TLS reports.
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DnsResolver } from './resolver.ts';
import { isPrivateAddress } from './private-address.ts';

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
      lookup: publicLookup(deps),
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

/** Used by the socket itself, so that a second answer of the DNS cannot differ from the checked one. */
function publicLookup({ dns, overrides }: PublicHttpsDeps): LookupFunction {
  const allowed = overrides?.allowAddress ?? ((address: string) => !isPrivateAddress(address));
  return (hostname, options, callback) => {
    void dns.addresses(hostname).then((answer) => {
      if (answer.kind !== 'found') return callback(new Error(answer.kind === 'none' ? `${hostname} has no address` : answer.reason), '', 0);
      const entries = answer.records.filter(allowed).map((address) => ({ address, family: isIP(address) }));
      const [first] = entries;
      if (!first) return callback(new Error(`${hostname} has only private addresses`), '', 0);
      if (options.all) (callback as unknown as (error: null, found: typeof entries) => void)(null, entries);
      else callback(null, first.address, first.family);
    });
  };
}
