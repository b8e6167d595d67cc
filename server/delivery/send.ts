// One message to one site, from an egress that was chosen: a connection, the transaction, and each recipient's outcome
// from what was said. Tells limits and reports what they want to know of it.
import type { ClaimedDelivery } from './claim.store.ts';
import { type DeliverDeps, type DeliveryJob, NotBegun, type Way } from './deliver-types.ts';
import { noConnectionOutcome, transactionOutcome } from './dialogue-outcome.ts';
import { DEFAULT_EGRESS_ID, type EgressAddress } from './egress/egress-address.ts';
import type { SitePass } from './limits/limiter-types.ts';
import { type LoadedMessage, piecesOf } from './message-loader.ts';
import type { AttemptFacts, DeliveryOutcome } from './outcome.ts';
import { all, context, throttled } from './outcomes-for-all.ts';
import type { Route } from './route.ts';
import type { SmtpSession } from './smtp/connect.ts';
import type { NoConnection } from './smtp/connection-pool.ts';
import { type Envelope, type RecipientResult, resetSession, transact } from './smtp/transact.ts';

/** Each try uses up one kept session that turned out dead, so a new one is reached within the cap of a site. */
const MAX_SESSION_TRIES = 20;

/**
 * Sends to the deliveries of a message that share a site.
 * @returns the outcomes that are not settled yet; the others went through `job.settle`
 * @throws NotBegun when the job may not begin
 */
export async function send(
  deps: DeliverDeps,
  { route, choice, pass }: Way,
  message: LoadedMessage,
  signature: Buffer,
  deliveries: ClaimedDelivery[],
  job: DeliveryJob,
): Promise<DeliveryOutcome[]> {
  // Mail that stays here needs no way back: our MX refuses at once or takes it for good. The simulator sends reports.
  const reversePath = route.local && route.site !== deps.simulator?.route.site ? message.reversePath : ((await deps.reversePathOf?.(message, deliveries)) ?? message.reversePath);
  const envelope = { ...envelopeOf(message, reversePath, deliveries), requireTls: message.requireTls && !route.local };
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
