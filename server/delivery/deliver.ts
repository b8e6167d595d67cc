// One attempt for the recipients of one message in one domain: a table of contents. Each step either settles
// recipients with an outcome or passes the rest on. Never throws for what the network or a server does.
// Knows nothing of leases and the database beyond asking whether it may begin.
import { bodyOffset, headerValue, parseHeaderFields } from '../mail/header.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import type { ContentSlots } from './content-slots.ts';
import type { ConversationLog } from './conversation-log.ts';
import { deferOrExpire, noConnectionOutcome, type OutcomeContext, routeFaultOutcome, transactionOutcome } from './dialogue-outcome.ts';
import { DEFAULT_EGRESS_ID, type EgressAddress } from './egress/egress-address.ts';
import type { EgressChoice, EgressChooser } from './egress/egress-chooser.ts';
import type { Wait } from './limits/gate.ts';
import type { Limiter, SitePass } from './limits/limiter.ts';
import { type LoadedMessage, type MessageLoader, piecesOf } from './message-loader.ts';
import { type BackoffPolicy, REMOTE_BACKOFF } from './backoff.ts';
import type { AttemptFacts, DeliveryOutcome, Outcome } from './outcome.ts';
import type { Route, RouteResult } from './route.ts';
import type { Simulator } from './simulator/simulator.ts';
import type { SmtpClientSettings, SmtpSession } from './smtp/connect.ts';
import type { ConnectionPool, NoConnection } from './smtp/connection-pool.ts';
import type { TlsResults } from './tls/tls-results.ts';
import { type Envelope, type RecipientResult, resetSession, transact } from './smtp/transact.ts';

export interface DeliverDeps {
  loader: MessageLoader;
  connections: ConnectionPool;
  slots: ContentSlots;
  smtp: SmtpClientSettings;
  /** Where it is kept what was said; null: nowhere. */
  conversations: ConversationLog | null;
  /** Sums of TLS sessions for reports; null: not counted. */
  tlsResults: TlsResults | null;
  /** `relaxed`: for mail that goes unsecured rather than not at all. */
  findRoute(domain: string, relaxed?: boolean): Promise<RouteResult>;
  /** The envelope sender of a transaction; left out: the message's own. */
  reversePathOf?(message: LoadedMessage, deliveries: readonly ClaimedDelivery[]): Promise<string>;
  /** Chooses the address that recipients of one message in one domain go out from. */
  egress: EgressChooser;
  /** The domain whose recipients script their fate; null: none. */
  simulator: Simulator | null;
  /** Tells when a message may go to a site; null: whenever. */
  limits: Limiter | null;
  random(): number;
}

/** Recipients of one message in one domain, all leased to this worker. */
export interface DeliveryJob {
  queueId: string;
  domain: string;
  deliveries: ClaimedDelivery[];
  /** Asked right before the first command: false when the leases may have ended or the worker stops. */
  mayBegin(): boolean;
  /**
   * Told of each outcome as soon as it is known: those from replies before the session is used again, so that a kill
   * at any moment finds them recorded. The durations are set by then.
   */
  settle(outcomes: DeliveryOutcome[]): void;
  /** Told when it asks its limits: it is no longer only expected there. */
  arrived?(): void;
}

/** Thrown when a job may not begin: nothing was said to anybody, and its rows are to be given back. */
export class NotBegun extends Error {
  override name = 'NotBegun';
}

/** A message that has come by this many hosts is in a loop (RFC 5321 6.3 asks for at least 100 as the limit). */
const MAX_RECEIVED = 100;
/** Each try uses up one kept session that turned out dead, so a new one is reached within the cap of a site. */
const MAX_SESSION_TRIES = 20;

/**
 * Makes the attempt. Every delivery of the job gets its outcome through `job.settle`.
 * @throws NotBegun when `job.mayBegin()` said no, or no egress may send; anything else thrown is a fault of this process.
 *   Deliveries settled before that stay settled.
 */
export async function deliver(deps: DeliverDeps, job: DeliveryJob): Promise<void> {
  const startedAt = performance.now();
  const timed: DeliveryJob = {
    ...job,
    settle(outcomes) {
      const durationMs = Math.round(performance.now() - startedAt);
      for (const { outcome } of outcomes) if ('facts' in outcome) outcome.facts.durationMs = durationMs;
      if (outcomes.length > 0) job.settle(outcomes);
    },
  };
  const open = job.deliveries.filter((delivery) => !delivery.suppressed);
  timed.settle(refuseSuppressed(job.deliveries));
  if (open.length > 0) timed.settle(await attempt(deps, timed, open));
}

/** @returns the outcomes that are not settled yet */
async function attempt(deps: DeliverDeps, job: DeliveryJob, deliveries: ClaimedDelivery[]): Promise<DeliveryOutcome[]> {
  const { simulator } = deps;
  if (simulator?.domain !== job.domain) return attemptBy(deps, job, deliveries, await deps.findRoute(job.domain), REMOTE_BACKOFF);
  const marked: DeliveryJob = { ...job, settle: (outcomes) => job.settle(outcomes.map(simulated)) };
  const ways = simulator.waysOf(deliveries).map(async ({ deliveries: part, way }) =>
    marked.settle(way.kind === 'suppressed' ? all(part, suppressed) : await attemptBy(deps, marked, part, way, simulator.route.backoff)),
  );
  const fault = (await Promise.allSettled(ways)).find((result) => result.status === 'rejected');
  if (fault) throw fault.reason;
  return [];
}

/** No result of the simulator may suppress an address or count for a reputation. */
function simulated({ delivery, outcome }: DeliveryOutcome): DeliveryOutcome {
  if (!('facts' in outcome)) return { delivery, outcome };
  const facts = { ...outcome.facts, simulated: true as const };
  return { delivery, outcome: outcome.kind === 'bounced' ? { ...outcome, facts, addressDead: false } : { ...outcome, facts } };
}

/** @param backoff where there is no route to have one */
async function attemptBy(deps: DeliverDeps, job: DeliveryJob, deliveries: ClaimedDelivery[], routed: RouteResult, backoff: BackoffPolicy): Promise<DeliveryOutcome[]> {
  if (routed.kind !== 'route') {
    return all(deliveries, (delivery) => routeFaultOutcome(context(deps, delivery, backoff), routed));
  }
  job.arrived?.();
  const { route } = routed;
  const isOpen = (egressId: string): boolean => deps.limits?.isOpen(egressId, route, job.domain) ?? true;
  // All from one address, unless warming ones may take only so many.
  for (let rest = deliveries; rest.length > 0; ) {
    const { tenantId, lane } = rest[0]!;
    const choice = await deps.egress.choose({ tenantId, lane, queueId: job.queueId, route, count: rest.length, isOpen });
    if (choice.kind === 'wait') throw new NotBegun(choice.reason);
    const part = rest.slice(0, choice.count);
    rest = rest.slice(choice.count);
    try {
      const outcomes = await admitAndSend(deps, route, choice, part, job);
      if (outcomes.some(({ outcome }) => outcome.kind === 'throttled')) deps.egress.giveBack(choice);
      job.settle(outcomes);
    } catch (error) {
      if (error instanceof NotBegun) deps.egress.giveBack(choice);
      throw error;
    }
  }
  return [];
}

/** Before its content takes up memory: what waits for its turn here waits a second or two. */
async function admitAndSend(deps: DeliverDeps, route: Route, choice: ChosenEgress, deliveries: ClaimedDelivery[], job: DeliveryJob): Promise<DeliveryOutcome[]> {
  const { tenantId } = deliveries[0]!;
  const admission = await deps.limits?.admit({ route, domain: job.domain, egressId: choice.egress.id, tenantId, recipients: deliveries.length });
  if (admission?.kind === 'wait') return all(deliveries, () => throttled(deps, admission.wait));
  const pass = admission?.pass ?? null;
  try {
    return await sendContent(deps, { route, choice, pass }, deliveries, job);
  } finally {
    pass?.done();
  }
}

type ChosenEgress = EgressChoice & { kind: 'egress' };

/** Where an attempt goes: the site, the address it goes out from, and what limits say of it. */
interface Way {
  route: Route;
  choice: ChosenEgress;
  pass: SitePass | null;
}

async function sendContent(deps: DeliverDeps, way: Way, deliveries: ClaimedDelivery[], job: DeliveryJob): Promise<DeliveryOutcome[]> {
  const release = await deps.slots.take(way.route.key, deliveries[0]!.size, deliveries[0]!);
  try {
    if (!job.mayBegin()) throw new NotBegun();
    const message = await deps.loader.load(job.queueId);
    if (message === null) return all(deliveries, () => lostContent());
    if (isLooping(message)) return all(deliveries, () => looping());
    const wait = await deps.limits?.admitSender(message.reversePath, deliveries.length);
    if (wait) return all(deliveries, () => throttled(deps, wait));
    const route = wantsRelaxedTls(message) && way.route.tls !== null ? await relaxedRoute(deps, way.route, job.domain) : way.route;
    return await send(deps, { ...way, route }, message, await message.signature(), deliveries, job);
  } finally {
    release();
  }
}

/** RFC 8689 4 (`TLS-Required: No`); reports on TLS to those whose TLS may be what fails (RFC 8460 5.3) carry it too. */
function wantsRelaxedTls({ content }: LoadedMessage): boolean {
  // Looked for as octets first: nearly no message has it.
  const at = content.indexOf('\r\nTLS-Required:', 0, 'latin1');
  return at >= 0 && at < bodyOffset(content) && headerValue(parseHeaderFields(content), 'tls-required')?.toLowerCase() === 'no';
}

async function relaxedRoute(deps: DeliverDeps, strict: Route, domain: string): Promise<Route> {
  const routed = await deps.findRoute(domain, true);
  return routed.kind === 'route' ? routed.route : strict;
}

async function send(
  deps: DeliverDeps,
  { route, choice, pass }: Way,
  message: LoadedMessage,
  signature: Buffer,
  deliveries: ClaimedDelivery[],
  job: DeliveryJob,
): Promise<DeliveryOutcome[]> {
  // Mail that stays here needs no way back: our MX refuses at once or takes it for good. The simulator sends reports.
  const reversePath = route.local && route.site !== deps.simulator?.route.site ? message.reversePath : ((await deps.reversePathOf?.(message, deliveries)) ?? message.reversePath);
  const envelope = envelopeOf(message, reversePath, deliveries);
  const pieces = piecesOf(signature, message.content);
  const { egress, provider } = choice;
  const sentFrom = egress.id === DEFAULT_EGRESS_ID ? {} : { egress: egress.id, provider };
  for (let tries = 1; ; tries++) {
    const result = await deps.connections.run(route, egress, pass, async (session) => {
      // What the site said to others while this one waited for a connection holds for it too.
      const wait = pass?.stopped();
      if (wait) return { wait };
      const reused = session.messages > 0;
      if (!job.mayBegin()) throw new NotBegun();
      const { transcript } = session.dialogue;
      // What was said since the last message (its RSET) belongs to none.
      transcript.take();
      const results = await transactFitting(deps, session, envelope, message, pieces);
      const lines = transcript.take();
      const mayBeOld = reused && results.every(diedBeforeMail);
      const slowed = pass !== null && tellLimits(pass, results, mayBeOld);
      const again = mayBeOld && !slowed && tries < MAX_SESSION_TRIES;
      if (!again) job.settle(outcomesOf(deps, { route, session, sentFrom, lines }, deliveries, results));
      await makeReady(deps, session, results);
      return { again };
    });
    if (result.kind === 'no-connection') {
      const { why } = result;
      if (why.kind === 'closing') throw new NotBegun();
      if (why.kind === 'limited') return all(deliveries, () => throttled(deps, why.wait));
      deps.egress.giveBack(choice);
      countFailures(deps, route, egress, why);
      const said = why.kind === 'route-fault' ? undefined : why.conversation;
      const conversation = said && keep(deps, deliveries, NOTHING, said);
      const where = { ...sentFrom, ...(conversation && { conversation }) };
      return all(deliveries, (delivery) => noConnectionOutcome(context(deps, delivery, route.backoff), why, where));
    }
    const { wait } = result.value;
    if (wait) return all(deliveries, () => throttled(deps, wait));
    if (!result.value.again) return [];
  }
}

interface Spoken {
  route: Route;
  session: SmtpSession;
  sentFrom: Pick<AttemptFacts, 'egress' | 'provider'>;
  /** What was said. */
  lines: readonly string[];
}

function outcomesOf(deps: DeliverDeps, { route, session, sentFrom, lines }: Spoken, deliveries: ClaimedDelivery[], results: RecipientResult[]): DeliveryOutcome[] {
  if (route.tls) deps.tlsResults?.session(route.tls, session);
  const conversation = keep(deps, deliveries, session.opening, lines);
  const facts = {
    ...sentFrom,
    mxHost: session.target.host,
    remoteAddress: session.dialogue.remoteAddress,
    tls: session.tls,
    offersDsn: session.extensions.has('DSN'),
    ...(conversation && { conversation }),
  };
  return deliveries.map((delivery, index) => ({
    delivery,
    outcome: transactionOutcome(context(deps, delivery, route.backoff), results[index]!, facts),
  }));
}

/** The transaction, with the message as this server takes it: 8-bit content converted where it does not (RFC 6152 3). */
async function transactFitting(deps: DeliverDeps, session: SmtpSession, envelope: Envelope, message: LoadedMessage, pieces: Buffer[]): Promise<RecipientResult[]> {
  if (!envelope.needs8bit || session.extensions.has('8BITMIME')) return transact(session, deps.smtp, envelope, pieces);
  const fitting = await message.sevenBit();
  return fitting.kind === 'converted' ? transact(session, deps.smtp, envelope, fitting.pieces) : envelope.recipients.map(() => tooManyBits(fitting.reason));
}

/**
 * The first refusal stands for all of the transaction: one objection is one.
 * @param mayBeOld a kept session's 421 says only that it is closed, unless its words say more
 * @returns whether the pace was changed by it
 */
function tellLimits(pass: SitePass, results: readonly RecipientResult[], mayBeOld: boolean): boolean {
  const accepted = results.filter(isAccepted).length;
  if (accepted > 0) pass.accepted(accepted);
  const refusal = results.find((result) => result.kind === 'replied' && result.reply.code >= 400);
  return refusal?.kind === 'replied' && pass.replied(refusal.reply, { mayBeClosing: mayBeOld });
}

/** Not tried: it goes back with the time at which the limit lets it go, a little spread. */
function throttled(deps: DeliverDeps, wait: Wait): Outcome {
  const inMs = Math.max(0, wait.until - Date.now());
  return { kind: 'throttled', scope: wait.scope, reason: `Waits: ${wait.reason}.`, retryAfterMs: Math.round(Math.max(1_000, inMs) * (1 + 0.2 * deps.random())) };
}

/** Leaves the session fit for another message, or closed. */
async function makeReady(deps: DeliverDeps, session: SmtpSession, results: RecipientResult[]): Promise<void> {
  // 421 anywhere: the server is closing (RFC 5321 3.8).
  if (results.some((result) => result.kind === 'replied' && result.reply.code === 421)) session.dialogue.destroy();
  else if (!results.every(isAccepted) && session.dialogue.usable) await resetSession(session, deps.smtp);
}

function countFailures(deps: DeliverDeps, route: Route, egress: EgressAddress, why: Exclude<NoConnection, { kind: 'closing' | 'limited' }>): void {
  const failures = why.kind === 'route-fault' ? (why.fault.kind === 'unknown' ? why.fault.tlsFailures : undefined) : why.tlsFailures;
  if (route.tls && failures) deps.tlsResults?.failures(route.tls, failures, egress.sourceAddress);
}

/** An opening that all conversations without one share. */
const NOTHING: readonly string[] = [];

/** @returns the reference to the kept conversation */
function keep(deps: DeliverDeps, deliveries: ClaimedDelivery[], opening: readonly string[], lines: readonly string[]): string | undefined {
  const { queueId, attempts } = deliveries[0]!;
  return deps.conversations?.add({ queueId, recipientNos: deliveries.map((delivery) => delivery.recipientNo), attempt: attempts, opening, lines });
}

const tooManyBits = (reason: string): RecipientResult => ({
  kind: 'unsupported', extension: '8BITMIME', detail: `the receiving server takes no 8-bit content (8BITMIME), and the message could not be converted: ${reason}`,
});

const isAccepted = (result: RecipientResult): boolean => result.kind === 'replied' && result.reply.code < 300;

/** A kept session that the server had closed, or closes with 421, before it took MAIL: nothing was said, so say it anew. */
const diedBeforeMail = (result: RecipientResult): boolean =>
  (result.kind === 'broken' && result.phase === 'mail') || (result.kind === 'replied' && result.phase === 'mail' && result.reply.code === 421);

function envelopeOf(message: LoadedMessage, reversePath: string, deliveries: ClaimedDelivery[]): Envelope {
  return {
    reversePath,
    recipients: deliveries.map(({ recipient, notify, orcpt, attempts }) => ({ address: recipient, notify, orcpt, attempt: attempts })),
    needs8bit: message.needs8bit,
    needsSmtputf8: message.needsSmtputf8,
    dsnRet: message.dsnRet,
    dsnEnvid: message.dsnEnvid,
  };
}

function refuseSuppressed(deliveries: ClaimedDelivery[]): DeliveryOutcome[] {
  return deliveries
    .filter((delivery) => delivery.suppressed)
    .map((delivery) => ({ delivery, outcome: suppressed() }));
}

const suppressed = (): Outcome => ({
  kind: 'bounced',
  category: 'suppressed',
  reason: 'Not sent: the address is on the suppression list.',
  addressDead: false,
  facts: { enhancedCode: '5.7.1', phase: 'suppression' },
});

function isLooping(message: LoadedMessage): boolean {
  // Counting the bytes first spares parsing the header of nearly every message.
  let count = 0;
  for (let at = message.content.indexOf('\r\nReceived:'); at >= 0 && count <= MAX_RECEIVED; at = message.content.indexOf('\r\nReceived:', at + 10)) count++;
  if (count < MAX_RECEIVED) return false;
  return parseHeaderFields(message.content).filter((field) => field.name.toLowerCase() === 'received').length >= MAX_RECEIVED;
}

const looping = (): Outcome => ({
  kind: 'bounced',
  category: 'loop',
  reason: 'The message goes round in a mail loop: it has passed too many servers.',
  addressDead: false,
  facts: { enhancedCode: '5.4.6', phase: 'load' },
});

/** Cannot happen while partitions outlive their deliveries; if it does, a person must look, and nothing is thrown away. */
const lostContent = (): Outcome => ({ kind: 'held', reason: 'The content of the message is missing from the store.' });

const all = (deliveries: ClaimedDelivery[], outcome: (delivery: ClaimedDelivery) => Outcome): DeliveryOutcome[] =>
  deliveries.map((delivery) => ({ delivery, outcome: outcome(delivery) }));

const context = (deps: DeliverDeps, delivery: ClaimedDelivery, backoff: BackoffPolicy): OutcomeContext => ({ delivery, backoff, random: deps.random });

/** The outcomes when something in this process failed: a fault of ours is never a bounce. */
export function internalFault(deliveries: ClaimedDelivery[], error: unknown): DeliveryOutcome[] {
  return all(deliveries, (delivery) =>
    deferOrExpire({ delivery, backoff: REMOTE_BACKOFF, random: Math.random }, 'internal', `Internal fault: ${(error as Error).message}`, { phase: 'internal' }),
  );
}
