// One mail transaction on an open session (RFC 5321 3.3): MAIL, RCPTs, DATA, with PIPELINING where offered
// (RFC 2920), CHUNKING (RFC 3030), SIZE, 8BITMIME, SMTPUTF8 and DSN parameters.
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import type { SmtpClientSettings, SmtpSession } from './connect.ts';
import { DialogueFault } from './dialogue.ts';

export interface EnvelopeRecipient {
  address: string;
  notify: string | null;
  orcpt: string | null;
  /** Attempts begun, this one included (1); told only to a server that asks (ATTEMPT_EXTENSION). */
  attempt?: number;
}

/** Of our own simulator: RCPT says which attempt it is. A private extension (RFC 5321 2.2.2). */
export const ATTEMPT_EXTENSION = 'XEIDERATTEMPT';

export interface Envelope {
  reversePath: string;
  recipients: readonly EnvelopeRecipient[];
  needs8bit: boolean;
  needsSmtputf8: boolean;
  dsnRet: 'FULL' | 'HDRS' | null;
  dsnEnvid: string | null;
  /** RFC 8689. */
  requireTls?: boolean;
}

export type TransactionPhase = 'mail' | 'rcpt' | 'data' | 'end-of-data';

export type RecipientResult =
  /** 2xx, or what refused it. */
  | { kind: 'replied'; phase: TransactionPhase; reply: SmtpReply }
  /** The dialogue broke before this recipient's fate was told. At end-of-data the server may have taken the message. */
  | { kind: 'broken'; phase: TransactionPhase; reason: string }
  /** Not offered for it: the server lacks an extension that the message needs. */
  | { kind: 'unsupported'; extension: 'SMTPUTF8' | 'SIZE' | '8BITMIME' | 'REQUIRETLS'; detail: string };

/**
 * Sends one message to the recipients.
 * @param message pieces that together are the message, CRLF line ends, the last one ending in CRLF
 * @returns a result per recipient, in their order
 */
export async function transact(
  session: SmtpSession,
  settings: SmtpClientSettings,
  envelope: Envelope,
  message: readonly Buffer[],
): Promise<RecipientResult[]> {
  const size = message.reduce((sum, piece) => sum + piece.length, 0);
  const lacking = lackingExtension(session, envelope, size);
  if (lacking) return envelope.recipients.map(() => lacking);
  const results: (RecipientResult | undefined)[] = envelope.recipients.map(() => undefined);
  const progress: { phase: TransactionPhase } = { phase: 'mail' };
  session.messages++;
  try {
    await converse({
      session, settings, message, size, results, progress,
      mail: mailCommand(session, envelope, size),
      rcpts: envelope.recipients.map((recipient) => rcptCommand(session, recipient)),
    });
  } catch (error) {
    session.dialogue.destroy();
    if (!(error instanceof DialogueFault)) throw error;
    const broken: RecipientResult = { kind: 'broken', phase: progress.phase, reason: error.message };
    return results.map((result) => result ?? broken);
  }
  return results as RecipientResult[];
}

interface Transaction {
  session: SmtpSession;
  settings: SmtpClientSettings;
  message: readonly Buffer[];
  size: number;
  mail: string;
  rcpts: string[];
  results: (RecipientResult | undefined)[];
  progress: { phase: TransactionPhase };
}

async function converse(transaction: Transaction): Promise<void> {
  const { session, settings, message, size, mail, rcpts, results, progress } = transaction;
  const { dialogue, extensions } = session;
  const { timeouts } = settings;
  const pipelining = extensions.has('PIPELINING');
  const chunking = extensions.has('CHUNKING');
  // A small message goes along with its envelope (RFC 3030, RFC 2920): one round trip in all. A large one waits
  // until somebody wants it.
  const atOnce = pipelining && chunking && size <= ONE_WRITE_OCTETS;
  if (atOnce) dialogue.send(`${mail}${rcpts.join('')}BDAT ${size} LAST\r\n`, ...message);
  else if (pipelining) dialogue.send(`${mail}${rcpts.join('')}${chunking ? '' : 'DATA\r\n'}`);
  else dialogue.send(mail);

  const accepted = await readEnvelopeReplies(transaction, pipelining);
  if (atOnce) {
    progress.phase = 'end-of-data';
    const end = await dialogue.reply(timeouts.dataEnd);
    if (accepted > 0) settle(results, { kind: 'replied', phase: 'end-of-data', reply: end });
    return;
  }
  if (chunking) {
    if (accepted === 0) return;
    progress.phase = 'end-of-data';
    dialogue.send(`BDAT ${size} LAST\r\n`);
    await sendMessage(transaction, message);
    return settle(results, { kind: 'replied', phase: 'end-of-data', reply: await dialogue.reply(timeouts.dataEnd) });
  }
  progress.phase = 'data';
  if (!pipelining) {
    if (accepted === 0) return;
    dialogue.send('DATA\r\n');
  }
  const start = await dialogue.reply(timeouts.dataStart);
  if (start.code !== 354) {
    if (start.code < 400) throw new DialogueFault('protocol', `DATA answered with ${start.code}`);
    return settle(results, { kind: 'replied', phase: 'data', reply: start });
  }
  if (accepted === 0) {
    // RFC 2920 3.1: a server may say 354 with no valid recipient; it then gets an empty message, which it refuses.
    dialogue.send('.\r\n');
    await dialogue.reply(timeouts.dataEnd);
    return;
  }
  progress.phase = 'end-of-data';
  await sendMessage(transaction, [...dotStuffed(message), END_OF_DATA]);
  settle(results, { kind: 'replied', phase: 'end-of-data', reply: await dialogue.reply(timeouts.dataEnd) });
}

/** The first digit decides (RFC 5321 4.2): 251 and 252 accept a recipient as 250 does. */
const isPositive = (reply: SmtpReply): boolean => reply.code >= 200 && reply.code < 300;

/** Reads (and without pipelining, causes) the replies to MAIL and each RCPT. @returns how many recipients are accepted */
async function readEnvelopeReplies({ session, settings, rcpts, results, progress }: Transaction, pipelining: boolean): Promise<number> {
  const { dialogue } = session;
  const mailReply = await dialogue.reply(settings.timeouts.mail);
  const mailRefused = !isPositive(mailReply);
  if (mailRefused) {
    settle(results, { kind: 'replied', phase: 'mail', reply: mailReply });
    if (!pipelining) return 0;
  }
  progress.phase = 'rcpt';
  let accepted = 0;
  for (const [index, rcpt] of rcpts.entries()) {
    if (!pipelining) dialogue.send(rcpt);
    const reply = await dialogue.reply(settings.timeouts.rcpt);
    if (mailRefused) continue;
    if (isPositive(reply)) accepted++;
    else results[index] = { kind: 'replied', phase: 'rcpt', reply };
  }
  return accepted;
}

async function sendMessage({ session, settings, size }: Transaction, pieces: readonly Buffer[]): Promise<void> {
  if (size <= ONE_WRITE_OCTETS) session.dialogue.send(...pieces);
  else await session.dialogue.sendBulk(pieces, settings.timeouts.dataBlock);
}

function settle(results: (RecipientResult | undefined)[], result: RecipientResult): void {
  for (const index of results.keys()) results[index] ??= result;
}

/** SMTPUTF8 has no downgrade (RFC 6531 3.2): the message must not go. */
function lackingExtension(session: SmtpSession, envelope: Envelope, size: number): RecipientResult | null {
  const { extensions } = session;
  if (envelope.needsSmtputf8 && !extensions.has('SMTPUTF8')) {
    return { kind: 'unsupported', extension: 'SMTPUTF8', detail: 'the receiving server does not accept internationalised addresses or headers (SMTPUTF8)' };
  }
  if (envelope.requireTls && !(session.tls && extensions.has('REQUIRETLS'))) {
    return { kind: 'unsupported', extension: 'REQUIRETLS', detail: 'its sender asked for TLS all the way to the recipient (REQUIRETLS), which the receiving server does not promise' };
  }
  const limit = Number(extensions.get('SIZE') ?? 0);
  if (limit > 0 && size > limit) {
    return { kind: 'unsupported', extension: 'SIZE', detail: `the message has ${size} octets, the receiving server takes at most ${limit}` };
  }
  return null;
}

function mailCommand(session: SmtpSession, envelope: Envelope, size: number): string {
  const { extensions } = session;
  let command = `MAIL FROM:<${envelope.reversePath}>`;
  if (extensions.has('SIZE')) command += ` SIZE=${size}`;
  if (envelope.needs8bit && extensions.has('8BITMIME')) command += ' BODY=8BITMIME';
  if (envelope.needsSmtputf8) command += ' SMTPUTF8';
  if (envelope.requireTls) command += ' REQUIRETLS';
  if (extensions.has('DSN')) {
    if (envelope.dsnRet !== null) command += ` RET=${envelope.dsnRet}`;
    if (envelope.dsnEnvid !== null) command += ` ENVID=${envelope.dsnEnvid}`;
  }
  return `${command}\r\n`;
}

function rcptCommand(session: SmtpSession, recipient: EnvelopeRecipient): string {
  let command = `RCPT TO:<${recipient.address}>`;
  if (session.extensions.has('DSN')) {
    if (recipient.notify !== null) command += ` NOTIFY=${recipient.notify}`;
    if (recipient.orcpt !== null) command += ` ORCPT=${recipient.orcpt}`;
  }
  if (session.extensions.has(ATTEMPT_EXTENSION)) command += ` ${ATTEMPT_EXTENSION}=${recipient.attempt ?? 1}`;
  return `${command}\r\n`;
}

/** RFC 5321 4.5.2: a dot more before each line that starts with one. Views of the same bytes where none does. */
export function dotStuffed(message: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (const piece of message) {
    // Each piece begins a line: the pieces are whole fields or the whole message.
    let start = 0;
    if (piece[0] === 0x2e) pieces.push(DOT);
    for (let at = piece.indexOf('\r\n.', 0, 'latin1'); at >= 0; at = piece.indexOf('\r\n.', at + 2, 'latin1')) {
      pieces.push(piece.subarray(start, at + 2), DOT);
      start = at + 2;
    }
    pieces.push(start === 0 ? piece : piece.subarray(start));
  }
  return pieces;
}

const DOT = Buffer.from('.');
const END_OF_DATA = Buffer.from('.\r\n');
/** Up to this a message goes out in a single write. */
const ONE_WRITE_OCTETS = 128 * 1024;

/**
 * Makes the session fit for another message, after a transaction that did not end with an accepted message.
 * @returns false when it is not: then it is closed
 */
export async function resetSession(session: SmtpSession, settings: SmtpClientSettings): Promise<boolean> {
  if (!session.dialogue.usable) return false;
  try {
    session.dialogue.send('RSET\r\n');
    if ((await session.dialogue.reply(settings.timeouts.reset)).code === 250) return true;
  } catch (error) {
    if (!(error instanceof DialogueFault)) throw error;
  }
  session.dialogue.destroy();
  return false;
}

/** Says goodbye, without insisting. */
export async function quitSession(session: SmtpSession, settings: SmtpClientSettings): Promise<void> {
  try {
    if (session.dialogue.usable) {
      session.dialogue.send('QUIT\r\n');
      await session.dialogue.reply(settings.timeouts.quit);
    }
  } catch (error) {
    if (!(error instanceof DialogueFault)) throw error;
  } finally {
    session.dialogue.destroy();
  }
}
