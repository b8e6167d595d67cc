// Tries a route's targets in order until one takes us. The rules of one attempt are connect.ts.
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import { canReach, type EgressAddress } from '../egress/egress-address.ts';
import type { Wait } from '../limits/gate.ts';
import type { HostBreakers } from '../limits/host-breakers.ts';
import type { Route, RouteFault } from '../route.ts';
import type { TlsFailure } from '../tls/tls-policy.ts';
import { connectSmtp, type SmtpClientSettings, type SmtpSession } from './connect.ts';

interface Seen {
  /** What was said to all targets; lines as in transcript.ts. */
  conversation?: string[];
  /** Where TLS failed on the way. */
  tlsFailures?: TlsFailure[];
}

/** No target took us; of several, the one that tells most. */
export type ConnectFailure =
  /** Phase `tls`: there is a server, but not a connection as secure as must be. */
  | ({ kind: 'unreachable'; host: string; address: string; phase: string; reason: string } & Seen)
  | ({ kind: 'refused'; host: string; address: string; phase: string; reply: SmtpReply } & Seen)
  | { kind: 'route-fault'; fault: RouteFault }
  /** A limit or a breaker says not now: nobody was dialled. */
  | { kind: 'limited'; wait: Wait };

/** The first target that takes us, or why the last one that said anything did not. */
export async function connectAny(
  route: Route,
  egress: EgressAddress,
  settings: SmtpClientSettings,
  breakers: HostBreakers | null,
): Promise<{ kind: 'connected'; session: SmtpSession } | ConnectFailure> {
  const found = await route.targets();
  if (found.kind !== 'targets') return { kind: 'route-fault', fault: found };
  const reachable = found.targets.filter((target) => canReach(egress, target.address));
  if (reachable.length === 0) return { kind: 'route-fault', fault: outOfReach(egress, found.targets[0]!.host) };
  let worst: Exclude<ConnectFailure, { kind: 'route-fault' | 'limited' }> | null = null;
  const conversation: string[] = [];
  const tlsFailures: TlsFailure[] = [];
  // What never leaves the machine is back within seconds: waiting longer helps nobody.
  const guard = route.local ? null : breakers;
  for (const target of reachable) {
    if (guard && !guard.mayDial(egress.id, target.host)) continue;
    const result = await connectSmtp(target, egress, settings);
    // Somebody who answers is there, whatever the answer.
    if (result.kind === 'unreachable' && result.phase !== 'tls') guard?.failed(egress.id, target.host, `${result.reason} (${result.phase})`);
    else guard?.succeeded(egress.id, target.host);
    if (result.kind === 'connected') {
      const { session } = result;
      session.opening = [...conversation, ...session.opening];
      session.tlsFailures = [...tlsFailures, ...session.tlsFailures];
      return result;
    }
    conversation.push(...result.conversation);
    tlsFailures.push(...result.tlsFailures);
    if (worst === null || telling(result) >= telling(worst)) worst = { ...result, host: target.host, address: target.address };
  }
  return worst ? { ...worst, conversation, tlsFailures } : { kind: 'limited', wait: openWait(guard!, egress.id, route.hosts) };
}

/** All its breakers are open; should one have closed meanwhile, in a moment. */
function openWait(breakers: HostBreakers, egressId: string, hosts: readonly string[]): Wait {
  const verdict = breakers.verdict(egressId, hosts);
  return verdict.kind === 'open' ? verdict.wait : { scope: 'breaker', reason: 'its servers are being tried again', until: Date.now() + 1_000 };
}

/** A server's own words tell more than that it lacks TLS, and this more than silence, whichever came last. */
const telling = (failure: { kind: string; phase: string }): number => (failure.kind === 'refused' ? 2 : failure.phase === 'tls' ? 1 : 0);

const outOfReach = (egress: EgressAddress, host: string): RouteFault => ({
  kind: 'unknown',
  category: 'connection',
  reason: `${host} has no address of the kind of ours (${egress.sourceAddress})`,
});
