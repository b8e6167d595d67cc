// What comes back about a simulated message: a complaint (RFC 5965), a DSN (RFC 3464), an automatic reply (RFC 3834),
// as the recipient's provider would send it. Pure.
import { randomBytes } from 'node:crypto';
import { buildDsn } from '../../mail/dsn.ts';
import { bodyOffset, headerValue, parseHeaderFields, rfc5322Date } from '../../mail/header.ts';
import type { AcceptedForReport } from './simulator-server.ts';

/** The message that comes back to the reverse path. */
export function simulatedReport(accepted: AcceptedForReport, host: string, now: Date): Buffer {
  switch (accepted.report) {
    case 'complaint':
      return complaint(accepted, host, now);
    case 'bounce':
      return laterBounce(accepted, host, now);
    case 'autoreply':
      return autoreply(accepted, host, now);
  }
}

function complaint({ reversePath, recipient, content }: AcceptedForReport, host: string, now: Date): Buffer {
  const boundary = `arf-${randomBytes(12).toString('hex')}`;
  const head =
    `From: Feedback loop <feedback@${host}>\r\nTo: <${reversePath}>\r\nSubject: Complaint about a message from you\r\n` +
    `Date: ${rfc5322Date(now)}\r\nMessage-ID: <${randomBytes(16).toString('hex')}@${host}>\r\nMIME-Version: 1.0\r\n` +
    `Content-Type: multipart/report; report-type=feedback-report;\r\n boundary="${boundary}"\r\n\r\n` +
    `--${boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is a simulated complaint about a message that you sent.\r\n` +
    `--${boundary}\r\nContent-Type: message/feedback-report\r\n\r\n` +
    `Feedback-Type: abuse\r\nUser-Agent: Eider-Simulator/1\r\nVersion: 1\r\nOriginal-Mail-From: <${reversePath}>\r\n` +
    `Original-Rcpt-To: <${recipient}>\r\nArrival-Date: ${rfc5322Date(now)}\r\n\r\n` +
    `--${boundary}\r\nContent-Type: message/rfc822\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function laterBounce({ reversePath, recipient, content }: AcceptedForReport, host: string, now: Date): Buffer {
  return buildDsn({
    reportingMta: host,
    to: reversePath,
    arrivedAt: now,
    envid: null,
    recipients: [
      {
        recipient, orcpt: null, action: 'failed', status: '5.1.1', smtpReply: '550 5.1.1 no such user here (simulated)', remoteMta: host,
        explanation: 'The mailbox does not exist (simulated).', lastAttemptAt: now,
      },
    ],
    original: content,
    returnFull: false,
    now,
  }).content;
}

function autoreply({ reversePath, recipient, content }: AcceptedForReport, host: string, now: Date): Buffer {
  const messageId = headerValue(parseHeaderFields(content.subarray(0, bodyOffset(content))), 'message-id');
  const reference = messageId === null || messageId === undefined ? '' : `In-Reply-To: ${messageId}\r\nReferences: ${messageId}\r\n`;
  return Buffer.from(
    `From: <${recipient}>\r\nTo: <${reversePath}>\r\nSubject: Out of office (simulated)\r\nDate: ${rfc5322Date(now)}\r\n` +
      `Message-ID: <${randomBytes(16).toString('hex')}@${host}>\r\n${reference}Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n` +
      `MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI am out of the office and read my mail when I am back. (simulated)\r\n`,
  );
}
