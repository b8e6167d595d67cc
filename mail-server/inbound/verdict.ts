// From what the scanners and the sender checks say to what happens to the message. Pure; owns the order of rules.
import type { Reply } from '../smtp/reply-error.ts';
import type { VirusScan } from '../../server/infra/clamd/virus-scanner.ts';
import type { SpamScan } from './rspamd.ts';

export type SpamMark = 'yes' | 'no' | 'unscanned';

export type Verdict =
  | { kind: 'deliver'; mark: SpamMark }
  | { kind: 'refuse'; reply: Reply; because: 'virus' | 'spam' | 'spam-later' };

export interface DmarcFinding {
  result: string;
  /** The policy that applies to this message: `none`, `quarantine`, `reject`. */
  policy: string;
}

/**
 * A virus and rspamd's `reject` are refused, `soft reject` is put off, and everything else is delivered.
 * A failed DMARC check with a policy sends to Junk and never refuses: RFC 9989 forbids refusing for
 * `p=reject` alone, since mailing lists break signatures. What rspamd or clamd could not look at is marked as
 * unscanned; an installation without clamd has chosen so.
 */
export function decide(spam: SpamScan, virus: VirusScan, dmarc: DmarcFinding): Verdict {
  if (virus.kind === 'infected') return refuse('virus', 550, '5.7.1 Message contains malware');
  const failed = dmarc.result === 'fail' && (dmarc.policy === 'reject' || dmarc.policy === 'quarantine');
  const unseen = virus.kind === 'unscanned' && virus.reason !== 'absent';
  if (spam.kind === 'unscanned') return { kind: 'deliver', mark: failed ? 'yes' : 'unscanned' };
  switch (spam.action) {
    case 'reject':
      return refuse('spam', 550, '5.7.1 Message refused as spam');
    case 'soft reject':
      return refuse('spam-later', 451, '4.7.1 Try again later');
    case 'add header':
    case 'rewrite subject':
      return { kind: 'deliver', mark: 'yes' };
    case 'no action':
    case 'greylist':
      return { kind: 'deliver', mark: failed ? 'yes' : unseen ? 'unscanned' : 'no' };
  }
}

function refuse(because: 'virus' | 'spam' | 'spam-later', code: number, text: string): Verdict {
  return { kind: 'refuse', because, reply: { code, text } };
}

/** What the scanners said, for the message's header: `rspamd=no action score=1.2/15; clamd=clean`. */
export function scanSummary(spam: SpamScan, virus: VirusScan): string {
  const first = spam.kind === 'scanned' ? `rspamd=${spam.action} score=${spam.score.toFixed(1)}/${spam.required}` : `rspamd=unscanned (${spam.reason})`;
  const second = virus.kind === 'unscanned' ? `clamd=unscanned (${virus.reason})` : `clamd=${virus.kind}`;
  return `${first}; ${second}`;
}
