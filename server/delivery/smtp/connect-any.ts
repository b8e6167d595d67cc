// Tries a route's targets in order until one takes us. The rules of one attempt are connect.ts.
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import { canReach, type EgressAddress } from '../egress/egress-address.ts';
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
  | { kind: 'route-fault'; fault: RouteFault };

/** The first target that takes us, or why the last one that said anything did not. */
export async function connectAny(
  route: Route,
  egress: EgressAddress,
  settings: SmtpClientSettings,
): Promise<{ kind: 'connected'; session: SmtpSession } | ConnectFailure> {
  const found = await route.targets();
  if (found.kind !== 'targets') return { kind: 'route-fault', fault: found };
  const reachable = found.targets.filter((target) => canReach(egress, target.address));
  if (reachable.length === 0) return { kind: 'route-fault', fault: outOfReach(egress, found.targets[0]!.host) };
  let worst: Exclude<ConnectFailure, { kind: 'route-fault' }> | null = null;
  const conversation: string[] = [];
  const tlsFailures: TlsFailure[] = [];
  for (const target of reachable) {
    const result = await connectSmtp(target, egress, settings);
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
  return { ...worst!, conversation, tlsFailures };
}

/** A server's own words tell more than that it lacks TLS, and this more than silence, whichever came last. */
const telling = (failure: { kind: string; phase: string }): number => (failure.kind === 'refused' ? 2 : failure.phase === 'tls' ? 1 : 0);

const outOfReach = (egress: EgressAddress, host: string): RouteFault => ({
  kind: 'unknown',
  category: 'connection',
  reason: `${host} has no address of the kind of ours (${egress.sourceAddress})`,
});
