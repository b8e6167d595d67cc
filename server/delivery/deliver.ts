// One attempt for the recipients of one message in one domain: a table of contents. Each step either settles
// recipients with an outcome or passes the rest on. Never throws for what the network or a server does.
// Knows nothing of leases and the database beyond asking whether it may begin.
import { domainOf } from '../mail/address.ts';
import { bodyOffset, headerValue, parseHeaderFields } from '../mail/header.ts';
import { type BackoffPolicy, REMOTE_BACKOFF } from './backoff.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import { type ChosenEgress, type DeliverDeps, type DeliveryJob, NotBegun, type Way } from './deliver-types.ts';
import { deferOrExpire, routeFaultOutcome } from './dialogue-outcome.ts';
import type { Wait } from './limits/gate.ts';
import type { LoadedMessage } from './message-loader.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';
import { all, context, throttled } from './outcomes-for-all.ts';
import { boundRoute, type MessageSecurity, type Route, type RouteResult } from './route.ts';
import { send } from './send.ts';
import type { Suspension } from './suspension.store.ts';

/** A message that has come by this many hosts is in a loop (RFC 5321 6.3 asks for at least 100 as the limit). */
const MAX_RECEIVED = 100;

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
  const bound = boundTo(deliveries[0]!);
  if (bound) return attemptBy(deps, job, deliveries, { kind: 'route', route: bound }, REMOTE_BACKOFF);
  if (simulator?.domain !== job.domain) return attemptBy(deps, job, deliveries, await deps.findRoute(job.domain), REMOTE_BACKOFF);
  const marked: DeliveryJob = { ...job, settle: (outcomes) => job.settle(outcomes.map(simulated)) };
  const ways = simulator.waysOf(deliveries).map(async ({ deliveries: part, way }) =>
    marked.settle(way.kind === 'suppressed' ? all(part, suppressed) : await attemptBy(deps, marked, part, way, simulator.route.backoff)),
  );
  const fault = (await Promise.allSettled(ways)).find((result) => result.status === 'rejected');
  if (fault) throw fault.reason;
  return [];
}

const boundTo = ({ routeTo }: ClaimedDelivery, security?: MessageSecurity): Route | null => (routeTo ? boundRoute(routeTo, security) : null);

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
    const { tenantId, lane, poolId } = rest[0]!;
    const choice = await deps.egress.choose({ tenantId, lane, poolId: poolId ?? null, queueId: job.queueId, route, count: rest.length, isOpen });
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
  const { tenantId, lane } = deliveries[0]!;
  const admission = await deps.limits?.admit({ route, domain: job.domain, egressId: choice.egress.id, tenantId, lane, recipients: deliveries.length });
  if (admission?.kind === 'wait') return all(deliveries, () => throttled(deps, admission.wait));
  const pass = admission?.pass ?? null;
  try {
    return await sendContent(deps, { route, choice, pass }, deliveries, job);
  } finally {
    pass?.done();
  }
}

async function sendContent(deps: DeliverDeps, way: Way, deliveries: ClaimedDelivery[], job: DeliveryJob): Promise<DeliveryOutcome[]> {
  const release = await deps.slots.take(way.route.key, deliveries[0]!.size, deliveries[0]!);
  try {
    if (!job.mayBegin()) throw new NotBegun();
    const message = await deps.loader.load(job.queueId);
    if (message === null) return all(deliveries, () => lostContent());
    if (isLooping(message)) return all(deliveries, () => looping());
    const { tenantId, reversePath, headerFrom } = message;
    const stop = job.senderStop?.(tenantId, domainOf(headerFrom));
    if (stop) return all(deliveries, () => throttled(deps, stopWait(stop)));
    const wait = await deps.limits?.admitSender({ tenantId, reversePath, headerFrom, route: way.route, domain: job.domain }, deliveries.length);
    if (wait) return all(deliveries, () => throttled(deps, wait));
    const secured = await routeFor(deps, message, way.route, deliveries[0]!);
    // Where the domain's hosts are not vouched for, REQUIRETLS has nowhere to go.
    if (secured.kind !== 'route') return all(deliveries, (delivery) => routeFaultOutcome(context(deps, delivery, way.route.backoff), secured));
    return await send(deps, { ...way, route: secured.route }, message, await message.signature(), deliveries, job);
  } finally {
    release();
  }
}

/** Looked at again from time to time: it may be ended any moment. */
const STOP_LOOK_MS = 10 * 60_000;

function stopWait({ match, createdBy, reason, until }: Suspension): Wait {
  const sender = match.slice(match.indexOf(' ') + 1);
  return { scope: 'operator', reason: `mail from ${sender} is suspended by ${createdBy} (${reason.replace(/\.$/, '')})`, until: Math.min(until?.getTime() ?? Infinity, Date.now() + STOP_LOOK_MS) };
}

/** RFC 8689 4 (`TLS-Required: No`); reports on TLS to those whose TLS may be what fails (RFC 8460 5.3) carry it too. */
function wantsRelaxedTls({ content }: LoadedMessage): boolean {
  // Looked for as octets first: nearly no message has it.
  const at = content.indexOf('\r\nTLS-Required:', 0, 'latin1');
  return at >= 0 && at < bodyOffset(content) && headerValue(parseHeaderFields(content), 'tls-required')?.toLowerCase() === 'no';
}

/** The route as the message itself asks for it. REQUIRETLS goes before `TLS-Required: No` (RFC 8689 3); what stays here needs neither. */
async function routeFor(deps: DeliverDeps, message: LoadedMessage, usual: Route, delivery: ClaimedDelivery): Promise<RouteResult> {
  const { domain } = delivery;
  if (message.requireTls && !usual.local) {
    const bound = boundTo(delivery, 'required');
    return bound ? { kind: 'route', route: bound } : deps.findRoute(domain, 'required');
  }
  if (usual.tls === null || !wantsRelaxedTls(message)) return { kind: 'route', route: usual };
  const relaxed = await deps.findRoute(domain, 'relaxed');
  return relaxed.kind === 'route' ? relaxed : { kind: 'route', route: usual };
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

/** The outcomes when something in this process failed: a fault of ours is never a bounce. */
export function internalFault(deliveries: ClaimedDelivery[], error: unknown): DeliveryOutcome[] {
  return all(deliveries, (delivery) =>
    deferOrExpire({ delivery, backoff: REMOTE_BACKOFF, random: Math.random }, 'internal', `Internal fault: ${(error as Error).message}`, { phase: 'internal' }),
  );
}
