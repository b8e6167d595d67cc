// What an attempt needs and is told: the shapes shared by deliver.ts, send.ts and the dispatcher.
import type { ClaimedDelivery } from './claim.store.ts';
import type { ContentSlots } from './content-slots.ts';
import type { ConversationLog } from './conversation-log.ts';
import type { EgressChoice, EgressChooser } from './egress/egress-chooser.ts';
import type { Limiter, SitePass } from './limits/limiter-types.ts';
import type { LoadedMessage, MessageLoader } from './message-loader.ts';
import type { DeliveryOutcome } from './outcome.ts';
import type { MessageSecurity, Route, RouteResult } from './route.ts';
import type { Simulator } from './simulator/simulator.ts';
import type { SmtpClientSettings } from './smtp/connect.ts';
import type { ConnectionPool } from './smtp/connection-pool.ts';
import type { Suspension } from './suspension.store.ts';
import type { TlsResults } from './tls/tls-results.ts';

export interface DeliverDeps {
  loader: MessageLoader;
  connections: ConnectionPool;
  slots: ContentSlots;
  smtp: SmtpClientSettings;
  /** Where it is kept what was said; null: nowhere. */
  conversations: ConversationLog | null;
  /** Sums of TLS sessions for reports; null: not counted. */
  tlsResults: TlsResults | null;
  findRoute(domain: string, security?: MessageSecurity): Promise<RouteResult>;
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
  /** Whether an operator or reputation has stopped what a tenant sends as a domain. */
  senderStop?(tenantId: string, domain: string): Suspension | null;
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

export type ChosenEgress = EgressChoice & { kind: 'egress' };

/** Where an attempt goes: the site, the address it goes out from, and what limits say of it. */
export interface Way {
  route: Route;
  choice: ChosenEgress;
  pass: SitePass | null;
}
