// The addresses of the MX that belong to nobody: reports about mail that went out, DMARC and TLS reports. Owns which
// address is one, the refusal of forged return paths, and storing a report before its 250; a worker reads it later.
import { domainOf } from '../../server/mail/address.ts';
import { type IntakeRole, readIntakeAddress } from '../../server/mail/feedback-address.ts';
import { openToken, type TokenKey } from '../../server/mail/feedback-token.ts';
import { parseHeaderFields } from '../../server/mail/header.ts';
import type { NewReport } from '../../server/delivery/feedback/intake.store.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { type Reply, ReplyError } from '../smtp/reply-error.ts';
import type { Spooled } from '../smtp/spool.ts';
import type { Envelope } from './mailbox-store.ts';

/** RFC 7489 7.2.1.1 has reporters expect that so much is taken. */
const MAX_REPORT_BYTES = 10 * 1024 * 1024;
/** Waiting reports beyond which no more are taken: senders try again, and the disk stays ours. */
const MAX_WAITING = 10_000;
const BACKLOG_LOOK_MS = 5_000;

export interface IntakeRecipient {
  address: string;
  role: IntakeRole;
  /** A person's address (`abuse@`): the report machine gets a copy of what is a complaint by its form. */
  complaintsOnly?: boolean;
}

export type IntakeCheck =
  | { kind: 'ordinary' }
  | { kind: 'intake'; recipient: IntakeRecipient; /** A mailbox of that name gets its copy, too. */ mailboxToo: boolean }
  | { kind: 'refused'; reply: Reply };

export interface IntakeDeps {
  /** The installation's own name; takes reports for senders whose domain is hosted elsewhere. */
  hostname: string;
  isHosted(domain: string): Promise<boolean>;
  /** Keys that a return path may be signed with. */
  keys(): readonly TokenKey[];
  insert(report: NewReport): Promise<boolean>;
  isBacklogAbove(count: number): Promise<boolean>;
  log: Logger;
}

export interface ReportIntake {
  check(address: string, client: string): Promise<IntakeCheck>;
  /** On disk when this returns. @throws ReplyError 552 for what is too large, 452 while too many wait */
  store(recipients: readonly IntakeRecipient[], envelope: Envelope, content: Spooled): Promise<void>;
}

export function createReportIntake(deps: IntakeDeps, now: () => number = Date.now): ReportIntake {
  let backlog = { at: 0, full: false };
  async function assertRoom(): Promise<void> {
    if (now() - backlog.at > BACKLOG_LOOK_MS) backlog = { at: now(), full: await deps.isBacklogAbove(MAX_WAITING) };
    if (backlog.full) throw new ReplyError(452, '4.3.1 Too many reports wait to be read, try again later');
  }
  return {
    async check(address, client) {
      const domain = domainOf(address).toLowerCase();
      const found = readIntakeAddress(address);
      const isComplaintDesk = found === null && /^abuse@/i.test(address);
      if (found === null && !isComplaintDesk) return { kind: 'ordinary' };
      if (domain !== deps.hostname.toLowerCase() && !(await deps.isHosted(domain))) return { kind: 'ordinary' };
      if (found === null) return { kind: 'intake', recipient: { address, role: 'complaint', complaintsOnly: true }, mailboxToo: true };
      if (found.token === null) return { kind: 'intake', recipient: { address, role: found.role }, mailboxToo: true };
      const token = openToken(deps.keys(), 'return-path', found.token, now());
      if (token.kind === 'valid') return { kind: 'intake', recipient: { address, role: 'bounce' }, mailboxToo: false };
      deps.log.info({ client, return: token.kind, ...(token.kind === 'expired' && { queueId: token.subject.queueId }) }, 'return path refused');
      const text = token.kind === 'expired' ? '5.1.6 This return path is no longer in use' : '5.1.1 Not a return path of this server';
      return { kind: 'refused', reply: { code: 550, text } };
    },

    async store(recipients, envelope, content) {
      if (content.bytes > MAX_REPORT_BYTES) {
        if (recipients.every((recipient) => recipient.complaintsOnly)) return;
        throw new ReplyError(552, `5.3.4 A report has at most ${MAX_REPORT_BYTES} octets`);
      }
      const raw = await content.read();
      const isComplaint = recipients.some((recipient) => recipient.complaintsOnly) && looksLikeComplaint(raw);
      for (const { address, role, complaintsOnly } of recipients) {
        if (complaintsOnly && !isComplaint) continue;
        await assertRoom();
        const fresh = await deps.insert({ intake: role, recipient: address, reversePath: envelope.reversePath, clientAddress: envelope.clientAddress, content: raw });
        deps.log.info({ role, bytes: raw.length, client: envelope.clientAddress, repeated: !fresh }, 'report stored');
      }
    },
  };
}

/** RFC 5965 2: multipart/report with report-type=feedback-report. */
function looksLikeComplaint(raw: Buffer): boolean {
  return parseHeaderFields(raw).some((field) => field.name.toLowerCase() === 'content-type' && /report-type="?feedback-report/i.test(field.value));
}
