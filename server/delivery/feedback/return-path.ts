// What delivery puts into outgoing mail so that feedback finds its way back: the envelope sender (VERP) and the
// token field. Which mail gets them, and under which domain, is decided here (decision 0120).
import { domainOf } from '../../mail/address.ts';
import { bounceAddress, TOKEN_FIELD } from '../../mail/feedback-address.ts';
import { makeToken } from '../../mail/feedback-token.ts';
import type { EnqueueSource } from '../enqueue-types.ts';
import type { TokenKeys } from './token-keys.ts';

export interface ReturnPathDeps {
  keys: TokenKeys;
  /** The tenant that a domain is hosted for, or null. */
  tenantOf(domain: string): Promise<string | null>;
  /** The installation's own name: takes reports for senders whose domain is not hosted here. */
  hostname: string;
}

interface SentMessage {
  queueId: string;
  tenantId: string;
  source: EnqueueSource;
  /** '' is the null reverse-path. */
  reversePath: string;
  headerFrom: string;
}

/** Makes the envelope senders of transactions that leave this installation. */
export function returnPaths(deps: ReturnPathDeps) {
  return {
    /**
     * The envelope sender for one transaction: of one recipient it names that one, of several the message.
     * The null reverse-path stays what it is: a report never causes another.
     */
    async reversePathOf(message: SentMessage, recipients: readonly { recipientNo: number }[]): Promise<string> {
      if (message.reversePath === '') return '';
      // A forward's sender is rewritten by SRS, which leads a bounce to the one who wrote the message.
      if (message.source === 'forward') return message.reversePath;
      const recipientNo = recipients.length === 1 ? recipients[0]!.recipientNo : null;
      const token = makeToken(deps.keys.signing(), 'return-path', { queueId: message.queueId, recipientNo });
      return bounceAddress(token, await returnPathDomain(deps, message));
    },
    /** The field, with its CRLF, that goes on top of a message; '' for reports of our own. */
    tokenField(message: SentMessage): string {
      if (message.source === 'dsn') return '';
      return `${TOKEN_FIELD}: ${makeToken(deps.keys.signing(), 'header', { queueId: message.queueId, recipientNo: null })}\r\n`;
    },
  };
}

export type ReturnPaths = ReturnType<typeof returnPaths>;

/**
 * The author's domain where it is hosted here for this tenant: its MX is ours, and SPF is aligned for DMARC
 * (RFC 9989 5.3). Otherwise the envelope sender's under the same condition, and at last the installation's name.
 */
async function returnPathDomain(deps: ReturnPathDeps, message: SentMessage): Promise<string> {
  for (const address of [message.headerFrom, message.reversePath]) {
    const domain = domainOf(address);
    if ((await deps.tenantOf(domain)) === message.tenantId) return domain;
  }
  return deps.hostname;
}
