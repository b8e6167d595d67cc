// SPF, DKIM, DMARC and ARC of one message, by mailauth. Owns the call, its time limit and what we keep of
// the result; the records come from auth-resolver.ts.
import { authenticate, type DNSResolver } from 'mailauth';
import { parseHeaderFields } from '../../server/mail/header.ts';
import type { AuthResolver } from './auth-resolver.ts';
import type { Envelope } from './mailbox-store.ts';
import type { DmarcFinding } from './verdict.ts';

export interface SenderChecks {
  /** Complete header fields, CRLF at the end: Received-SPF and Authentication-Results (RFC 8601). */
  headers: string;
  dmarc: DmarcFinding;
}

const TIME_LIMIT_MS = 15_000;

/**
 * @param content the message as it came in
 * @param serverName our authserv-id
 * @returns the fields to put on top; with `none` when the checks could not be made, which is never the
 *   message's fault and never delays it further
 */
export async function checkSender(
  content: Buffer,
  envelope: Envelope,
  serverName: string,
  resolver: AuthResolver,
  onFailure: (error: Error) => void,
): Promise<SenderChecks> {
  try {
    const result = await inTime(
      authenticate(content, {
        ip: envelope.clientAddress,
        helo: envelope.helo,
        sender: envelope.reversePath,
        mta: serverName,
        resolver: resolver as DNSResolver,
        disableBimi: true,
      }),
    );
    return { headers: result.headers, dmarc: dmarcFinding(result, content) };
  } catch (error) {
    onFailure(error as Error);
    return { headers: `Authentication-Results: ${serverName}; none\r\n`, dmarc: { result: 'temperror', policy: 'none' } };
  }
}

/**
 * A message with no single author that DMARC could speak of, although its From shows addresses (several, or a
 * group), is treated as failed: nothing vouches for any of them. An ARC chain changes nothing: anyone can
 * seal one, and whose seals to believe is not known here (RFC 8617 7.2).
 */
function dmarcFinding(result: Awaited<ReturnType<typeof authenticate>>, content: Buffer): DmarcFinding {
  const { dmarc } = result;
  if (dmarc) return { result: dmarc.status.result, policy: String(dmarc.policy ?? 'none').toLowerCase() };
  const shown = parseHeaderFields(content).some((field) => field.name.toLowerCase() === 'from' && field.value.includes('@'));
  return shown ? { result: 'fail', policy: 'quarantine' } : { result: 'none', policy: 'none' };
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`sender checks took longer than ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
