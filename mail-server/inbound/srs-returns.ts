// Bounces of forwarded mail: they come to the rewritten sender (SRS) and go on to the true one through our queue. Owns
// which address is one, the refusal of forged ones, and the way on; the rewriting is server/mail/srs.ts.
import { createHash } from 'node:crypto';
import type { EnqueueInput, EnqueueResult } from '../../server/delivery/enqueue-types.ts';
import type { HostedDomain } from '../../server/domains/find-hosted-domain.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { parseAddress } from '../../server/mail/address.ts';
import { headerValue, parseHeaderFields } from '../../server/mail/header.ts';
import { srsReverse } from '../../server/mail/srs.ts';
import { type Reply, ReplyError } from '../smtp/reply-error.ts';
import type { Spooled } from '../smtp/spool.ts';
import { receivedField } from './trace-header.ts';
import type { Envelope } from './mailbox-store.ts';

export interface SrsReturn {
  tenantId: string;
  /** The true sender of the message that was forwarded. */
  address: string;
}

export type SrsCheck = { kind: 'ordinary' } | { kind: 'return'; to: SrsReturn } | { kind: 'refused'; reply: Reply };

export interface SrsReturnDeps {
  key: Uint8Array;
  serverName: string;
  findDomain(name: string): Promise<HostedDomain | null>;
  enqueue(input: EnqueueInput): Promise<EnqueueResult>;
  /** Bounces to this address within the hour, this one included. */
  countOf(address: string): Promise<number>;
  log: Logger;
}

export interface SrsReturns {
  check(address: string, reversePath: string): Promise<SrsCheck>;
  /** In the queue, on disk, when this returns. @throws ReplyError when it may not go on now */
  take(returns: readonly SrsReturn[], envelope: Envelope, content: Spooled, queueId: string, receivedAt: Date): Promise<void>;
}

/** Whoever learns a rewritten address can write to the one behind it: no more than so many in an hour. */
const MAX_PER_HOUR = 100;

const refused = (code: number, text: string): SrsCheck => ({ kind: 'refused', reply: { code, text } });

export function createSrsReturns(deps: SrsReturnDeps): SrsReturns {
  return {
    async check(address, reversePath) {
      const at = address.lastIndexOf('@');
      const localPart = address.slice(0, at);
      if (!/^SRS[01][-+=]/i.test(localPart)) return { kind: 'ordinary' };
      const domain = await deps.findDomain(address.slice(at + 1));
      if (domain === null) return { kind: 'ordinary' };
      const reading = srsReverse(deps.key, localPart, Date.now());
      if (reading.kind === 'none') return { kind: 'ordinary' };
      if (reading.kind === 'forged') return refused(550, '5.1.1 Not a return path of this server');
      if (reading.kind === 'expired') return refused(550, '5.1.6 This return path is no longer in use');
      // Only reports come back here: anything else would make us a relay for whoever knows the address.
      if (reversePath !== '') return refused(550, '5.7.1 Only bounces are taken for this address');
      if (parseAddress(reading.address).kind === 'invalid') return refused(550, '5.1.1 Not a return path of this server');
      return { kind: 'return', to: { tenantId: domain.tenantId, address: reading.address } };
    },

    async take(returns, envelope, content, queueId, receivedAt) {
      const raw = await content.read();
      const received = receivedField({ envelope, serverName: deps.serverName, queueId, at: receivedAt });
      for (const { tenantId, address } of returns) {
        if ((await deps.countOf(address)) > MAX_PER_HOUR) throw new ReplyError(452, '4.7.1 Too many bounces for this address, try again later');
        const result = await deps.enqueue(returnInput(deps.serverName, { tenantId, address }, received, raw));
        if (result.kind === 'rejected' && (result.code === 'busy' || result.code === 'sending-stopped')) throw new ReplyError(452, '4.3.1 No room in the queue at the moment, try again later');
        if (result.kind === 'rejected') throw new ReplyError(550, `5.6.0 ${result.field}: ${result.rule}`);
        deps.log.info({ queueId: result.queueId, tenantId, bytes: raw.length, repeated: result.duplicates ?? false }, 'bounce of a forward goes on');
      }
    },
  };
}

function returnInput(serverName: string, { tenantId, address }: SrsReturn, received: string, raw: Buffer): EnqueueInput {
  const fields = parseHeaderFields(raw);
  const subject = headerValue(fields, 'subject');
  const bodyHash = createHash('sha256').update(raw).digest('hex');
  return {
    tenantId,
    accountId: null,
    source: 'dsn',
    lane: 'transactional',
    reversePath: '',
    recipients: [{ address, notify: ['NEVER'] }],
    // Of this host, so that no tenant's key signs what others wrote.
    headerFrom: `mailer-daemon@${serverName}`,
    messageIdHeader: headerValue(fields, 'message-id') ?? '',
    ...(subject !== undefined && { subject }),
    content: Buffer.concat([Buffer.from(received, 'latin1'), raw]),
    // A sender that lost our reply comes again with the same bytes.
    idempotencyKey: { key: `srs:${createHash('sha256').update(`${address}\n${bodyHash}`).digest('hex')}`, bodyHash },
  };
}
