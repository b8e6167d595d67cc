// The MX: SMTP sessions with the checks of recipients and content. Owns how the dialogue's events map to
// our steps; the steps themselves and all limits are elsewhere.
import { readFileSync } from 'node:fs';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { queueIdNow } from './queue-id.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { CONTENT_LIMITS, type ContentLimits } from '../smtp/content-check.ts';
import { DEFAULT_LIMITS, GuardedServer, type ServerLimits } from '../smtp/guarded-server.ts';
import { receiveContent } from '../smtp/receive-content.ts';
import { answer, ReplyError } from '../smtp/reply-error.ts';
import type { Spool } from '../smtp/spool.ts';
import type { Delivery, Envelope } from './mailbox-store.ts';
import type { ReverseLookup } from './client-name.ts';
import { checkRecipient, type RecipientSources } from './recipient-check.ts';
import type { IntakeRecipient, ReportIntake } from './report-intake.ts';
import type { SrsReturn, SrsReturns } from './srs-returns.ts';
import type { TakenMessage, TakeMessage } from './take-message.ts';

/** RFC 5321 4.5.3.1.8 asks for 100; mailing lists send more at once. */
const MAX_RECIPIENTS = 1_000;
const MIN_FREE_DISK_BYTES = 200 * 1024 * 1024;

export interface InboundOptions {
  serverName: string;
  tls: { keyFile: string; certFile: string };
  recipients: RecipientSources;
  take: TakeMessage;
  /** Where reports go; without it their addresses are ordinary ones. */
  reports?: ReportIntake;
  /** Where bounces of forwarded mail go; without it their addresses are unknown ones. */
  srsReturns?: SrsReturns;
  /** Told once the sender has shown that it read the 250. */
  onReplySeen(taken: TakenMessage): Promise<void>;
  spool: Spool;
  log: Logger;
  limits?: Partial<ServerLimits>;
  content?: Partial<ContentLimits>;
  /** Where the client's name comes from; without it addresses stay nameless. */
  reverse?: ReverseLookup;
}

interface Recipients {
  deliveries: Map<string, Delivery>;
  reports: Map<string, IntakeRecipient>;
  returns: Map<string, SrsReturn>;
}

type Session = SMTPServerSession & { accepted?: Recipients };

const noRecipients = (): Recipients => ({ deliveries: new Map(), reports: new Map(), returns: new Map() });

/** Builds the server; the caller listens and stops. */
export function createInboundServer(options: InboundOptions): GuardedServer {
  const { log } = options;
  const content = { ...CONTENT_LIMITS, ...options.content };
  const fault = (session: SMTPServerSession) => (error: Error) =>
    log.error({ session: session.id, client: session.remoteAddress, reason: error.message, stack: error.stack }, 'internal fault');

  const server: GuardedServer = new GuardedServer(
    {
      name: options.serverName,
      banner: 'Eider',
      key: readFileSync(options.tls.keyFile),
      cert: readFileSync(options.tls.certFile),
      minVersion: 'TLSv1.2',
      disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      hideENHANCEDSTATUSCODES: false,
      size: content.maxBytes,
      maxRecipients: MAX_RECIPIENTS,
      maxCommandLength: 4_096,
      disableReverseLookup: !options.reverse,
      ...(options.reverse ? { resolver: { reverse: options.reverse } } : {}),
      logger: false,

      onMailFrom(_address, session: Session, callback) {
        session.accepted = noRecipients();
        answer(assertDiskSpace(options.spool), callback, fault(session));
      },
      onRcptTo(address, session: Session, callback) {
        answer(addRecipient(options, session, address.address), callback, fault(session));
      },
      onData(stream, session: Session, callback) {
        answer(takeContent(server, options, content, stream, session), (error, text) => {
          callback(error, text);
          if (error instanceof ReplyError && error.endSession) server.session(session.id)?.close();
        }, fault(session));
      },
    },
    { ...DEFAULT_LIMITS, ...options.limits },
  );
  // Sessions that break off are the network's business; one line at debug tells of them.
  server.on('error', (error) => log.debug({ reason: error.message }, 'session error'));
  return server;
}

async function assertDiskSpace(spool: Spool): Promise<void> {
  if ((await spool.freeBytes()) < MIN_FREE_DISK_BYTES) throw new ReplyError(452, '4.3.1 No room for mail at the moment');
}

/** Several addresses of one user make one delivery, under the first of them. */
async function addRecipient(options: InboundOptions, session: Session, address: string): Promise<void> {
  const { mailFrom } = session.envelope;
  const announced = mailFrom && mailFrom.args ? Number(mailFrom.args['SIZE']) || 0 : 0;
  const accepted = (session.accepted ??= noRecipients());
  const srs = (await options.srsReturns?.check(address, mailFrom ? mailFrom.address : '')) ?? { kind: 'ordinary' };
  if (srs.kind === 'refused') throw new ReplyError(srs.reply.code, srs.reply.text);
  if (srs.kind === 'return') return void accepted.returns.set(srs.to.address, srs.to);
  const intake = (await options.reports?.check(address, session.remoteAddress)) ?? { kind: 'ordinary' };
  if (intake.kind === 'refused') throw new ReplyError(intake.reply.code, intake.reply.text);
  if (intake.kind === 'intake') {
    accepted.reports.set(address.toLowerCase(), intake.recipient);
    if (!intake.mailboxToo) return;
  }
  const check = await checkRecipient(options.recipients, address, announced);
  // An address of ours needs no mailbox; a person's does.
  if (check.kind === 'refused' && intake.kind === 'intake' && !intake.recipient.complaintsOnly) return;
  if (check.kind === 'refused') throw new ReplyError(check.reply.code, check.reply.text);
  const { deliveries } = accepted;
  if (!deliveries.has(check.mailbox.userId)) deliveries.set(check.mailbox.userId, { mailbox: check.mailbox, recipient: address });
}

async function takeContent(
  server: GuardedServer,
  options: InboundOptions,
  limits: ContentLimits,
  stream: SMTPServerDataStream,
  session: Session,
): Promise<string> {
  const accepted = session.accepted ?? noRecipients();
  const deliveries = [...accepted.deliveries.values()];
  const reports = [...accepted.reports.values()];
  const returns = [...accepted.returns.values()];
  const envelope = envelopeOf(session);
  const tls = session.secure && session.tlsOptions ? { version: session.tlsOptions.version, cipher: session.tlsOptions.name } : undefined;
  const received = await receiveContent(stream, options.spool, limits);
  if (!received) throw new ReplyError(421, '4.4.2 Connection lost');
  try {
    // One reply stands for all recipients, so a mailbox that overflows by this one message stops it only
    // when nobody else waits for it; the next RCPT finds that mailbox full.
    if (reports.length > 0) await options.reports!.store(reports, envelope, received);
    if (returns.length > 0) await options.srsReturns!.take(returns, envelope, received, queueIdNow(), new Date());
    if (deliveries.length === 0) return '2.0.0 Report taken';
    if (deliveries.every(({ mailbox }) => mailbox.freeBytes < received.bytes)) throw new ReplyError(552, '5.2.2 Message is larger than what still fits into the mailbox');
    const taken = await options.take({ queueId: queueIdNow(), envelope, deliveries, content: received, tls, receivedAt: new Date() });
    const connection = server.session(session.id);
    if (connection) connection.onReplySeen = () => void options.onReplySeen(taken);
    return taken.text;
  } finally {
    await received.discard();
  }
}

function envelopeOf(session: Session): Envelope {
  const { mailFrom } = session.envelope;
  return {
    reversePath: mailFrom ? mailFrom.address : '',
    clientAddress: session.remoteAddress,
    clientName: session.clientHostname,
    helo: session.hostNameAppearsAs,
    protocol: session.transmissionType,
  };
}
