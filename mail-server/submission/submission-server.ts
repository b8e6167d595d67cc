// Message submission (RFC 6409): SMTP sessions for mail programs, with STARTTLS or TLS from the start. Owns how
// the dialogue's events map to our steps; the steps themselves and all limits are elsewhere.
import { readFileSync } from 'node:fs';
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { EnqueueRecipient, Notify } from '../../server/delivery/enqueue-types.ts';
import type { Logger } from '../../server/infra/log/logger.ts';
import { parseAddress } from '../../server/mail/address.ts';
import { CONTENT_LIMITS, type ContentLimits } from '../smtp/content-check.ts';
import { DEFAULT_LIMITS, GuardedServer, type ServerLimits } from '../smtp/guarded-server.ts';
import { receiveContent } from '../smtp/receive-content.ts';
import { answer, ReplyError } from '../smtp/reply-error.ts';
import type { Spool } from '../smtp/spool.ts';
import type { Counters } from '../smtp/counters.ts';
import { assertReversePath, type SenderRules } from './sender-rules.ts';
import { signIn, type SignInDeps, type Submitter } from './sign-in.ts';
import type { TakeSubmission } from './take-submission.ts';
import { encodeXtext } from './xtext.ts';

/** As many as the queue takes in one call; a client with more repeats the message for the rest. */
const MAX_RECIPIENTS = 1_000;
const HOUR_SECONDS = 3_600;
const MIN_FREE_DISK_BYTES = 200 * 1024 * 1024;

export interface SubmissionOptions {
  serverName: string;
  tls: { keyFile: string; certFile: string };
  /** TLS from the first byte (RFC 8314 3.3) instead of STARTTLS. */
  implicitTls: boolean;
  signIn: SignInDeps;
  rules: SenderRules;
  counters: Counters;
  take: TakeSubmission;
  spool: Spool;
  log: Logger;
  maxRecipientsPerHour: number;
  /** Why a recipient gets nothing from this tenant, in words for people; null: nothing is against it. */
  findSuppression?(tenantId: string, address: string): Promise<string | null>;
  limits?: Partial<ServerLimits>;
  content?: Partial<ContentLimits>;
}

type Session = SMTPServerSession & { user?: Submitter };

/** Builds one listener; the caller listens and stops. */
export function createSubmissionServer(options: SubmissionOptions): GuardedServer {
  const { log } = options;
  const content: ContentLimits = { ...CONTENT_LIMITS, lineEnds: 'mend', ...options.content };
  const fault = (session: SMTPServerSession) => (error: Error) =>
    log.error({ session: session.id, reason: error.message, stack: error.stack }, 'internal fault');
  const end = (session: SMTPServerSession, error?: Error | null) => {
    if (error instanceof ReplyError && error.endSession) server.session(session.id)?.close();
  };

  const server: GuardedServer = new GuardedServer(
    {
      name: options.serverName,
      banner: 'Eider submission',
      secure: options.implicitTls,
      key: readFileSync(options.tls.keyFile),
      cert: readFileSync(options.tls.certFile),
      minVersion: 'TLSv1.2',
      authMethods: ['PLAIN', 'LOGIN'],
      disabledCommands: ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      hideENHANCEDSTATUSCODES: false,
      hideDSN: false,
      hideREQUIRETLS: false,
      size: content.maxBytes,
      maxRecipients: MAX_RECIPIENTS,
      authRequiredMessage: '5.7.0 Sign in first (AUTH, over TLS)',
      disableReverseLookup: true,
      logger: false,

      onAuth(auth, session, callback) {
        const attempt = { username: auth.username ?? '', password: auth.password ?? '', address: session.remoteAddress, sessionId: session.id };
        answer(signIn(options.signIn, attempt).then((user) => ({ user })), (error, value) => {
          if (error) log.info({ session: session.id, client: session.remoteAddress, reason: error.message }, 'sign-in refused');
          callback(error ?? null, value);
          end(session, error);
        }, fault(session));
      },
      onMailFrom(address, session: Session, callback) {
        answer(openTransaction(options, session, address), callback, fault(session));
      },
      onRcptTo(address, session: Session, callback) {
        answer(countRecipient(options, session, address), callback, fault(session));
      },
      onData(stream, session: Session, callback) {
        answer(takeContent(options, content, stream, session), (error, text) => {
          callback(error, text);
          end(session, error);
        }, fault(session));
      },
    },
    { ...DEFAULT_LIMITS, ...options.limits },
  );
  server.on('error', (error) => log.debug({ reason: error.message }, 'session error'));
  return server;
}

async function openTransaction(options: SubmissionOptions, session: Session, address: SMTPServerAddress): Promise<void> {
  if ((await options.spool.freeBytes()) < MIN_FREE_DISK_BYTES) throw new ReplyError(452, '4.3.1 No room for mail at the moment');
  await assertReversePath(options.rules, session.user!.userId, address.address);
}

async function countRecipient(options: SubmissionOptions, session: Session, address: SMTPServerAddress): Promise<void> {
  const parsed = parseAddress(address.address);
  if (parsed.kind === 'invalid') throw new ReplyError(553, `5.1.3 RCPT TO: ${parsed.rule}`);
  const suppressed = await options.findSuppression?.(session.user!.tenantId, parsed.value.address);
  if (suppressed) throw new ReplyError(550, `5.7.1 ${suppressed}`);
  const sum = await options.counters.add(`recipients:${session.user!.accountId}`, 1, HOUR_SECONDS);
  if (sum > options.maxRecipientsPerHour) {
    throw new ReplyError(452, `4.7.1 More than ${options.maxRecipientsPerHour} recipients in an hour: try again in the next`);
  }
}

async function takeContent(options: SubmissionOptions, limits: ContentLimits, stream: SMTPServerDataStream, session: Session): Promise<string> {
  const { mailFrom, rcptTo, dsn, requireTLS } = session.envelope;
  const envelope = {
    submitter: session.user!,
    reversePath: mailFrom ? mailFrom.address : '',
    recipients: rcptTo.map(toRecipient),
    dsn: envelopeDsn(dsn),
    requireTls: requireTLS === true,
    protocol: session.transmissionType,
    sessionId: `${session.id}-${session.transaction}`,
  };
  const received = await receiveContent(stream, options.spool, limits);
  if (!received) throw new ReplyError(421, '4.4.2 Connection lost');
  try {
    return await options.take({ ...envelope, content: received });
  } finally {
    await received.discard();
  }
}

function toRecipient({ address, dsn }: SMTPServerAddress): EnqueueRecipient {
  return {
    address,
    ...(dsn?.notify && { notify: dsn.notify as Notify[] }),
    // smtp-server has undone the xtext; the queue keeps the parameter as it goes over the wire.
    ...(dsn?.orcpt && { orcpt: dsn.orcpt.replace(/^([^;]*;)(.*)$/s, (_, type: string, text: string) => type + encodeXtext(text)) }),
  };
}

function envelopeDsn(dsn: { ret: string | null; envid: string | null } | undefined): { ret?: 'FULL' | 'HDRS'; envid?: string } | undefined {
  if (!dsn?.ret && !dsn?.envid) return undefined;
  return {
    ...(dsn.ret && { ret: dsn.ret.toUpperCase() as 'FULL' | 'HDRS' }),
    ...(dsn.envid && { envid: encodeXtext(dsn.envid) }),
  };
}
