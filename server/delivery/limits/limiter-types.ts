// What a worker asks of its limits and is told: the shapes shared by limiter.ts, which answers, and by those who ask.
import type { Logger } from '../../infra/log/logger.ts';
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import type { Lane } from '../enqueue-types.ts';
import type { Gate, Wait } from './gate.ts';
import type { HostBreakers } from './host-breakers.ts';
import type { LimitStore } from './limit-store.ts';
import type { Slowdown, SlowdownSubject } from '../reputation/slowdown.ts';
import type { ShapingRules } from './shaping-rules.ts';

export interface LimiterDeps {
  store: LimitStore;
  /** Read at each use: they may become others. */
  readonly rules: ShapingRules;
  breakers: HostBreakers;
  /** What reputation leaves of the usual speed; left out: all of it. */
  speedOf?(subject: SlowdownSubject): Slowdown;
  log: Logger;
}

/** What a route tells of itself. */
export interface LimitedRoute {
  /** The other side: domains with the same MX hosts are one. */
  site: string;
  hosts: readonly string[];
  local: boolean;
}

export interface Limiter {
  /**
   * How many rows may be claimed now that would go to `route` from one of the egress addresses; 0 comes with what they wait for.
   * @param site the key under which rows of several domains count together; null: no limit can apply
   */
  budget(route: LimitedRoute, domain: string, egressIds: readonly string[]): { rows: number; site: string | null; wait: Wait | null };
  tenantBudget(tenantId: string): { rows: number; wait: Wait | null };
  /** Of a tenant that reputation slows, what it may send to the site now; otherwise no limit. */
  slowedRows(route: LimitedRoute, domain: string, tenantId: string, lane: Lane): number;
  /** Rows were claimed on the account of the budgets. @returns to be called (once or more) when they ask to be admitted, or end without */
  expect(route: LimitedRoute, domain: string, egressIds: readonly string[], sender: { tenantId: string; lane: Lane }, rows: number): () => void;
  /** Calls back whenever something that waited may be claimed. */
  onOpen(listener: () => void): void;
  /** Waits, for a second or two at most, until the recipients may go; or tells that they may not now. */
  admit(request: AdmitRequest): Promise<Admission>;
  /** For senders with a limit of their own, and domains that reputation slows; null: go. */
  admitSender(sender: LimitedSender, recipients: number): Promise<Wait | null>;
  /** Of the egress address: false while it is to be kept away from the site. */
  isOpen(egressId: string, route: LimitedRoute, domain: string): boolean;
  gates(): readonly Gate[];
  /** Returns what is unused. */
  stop(): Promise<void>;
}

export interface AdmitRequest {
  route: LimitedRoute;
  domain: string;
  egressId: string;
  tenantId: string;
  lane: Lane;
  recipients: number;
}

/** Known once the message is loaded. */
export interface LimitedSender {
  tenantId: string;
  reversePath: string;
  /** The header From's address. */
  headerFrom: string;
  route: LimitedRoute;
  /** The recipients' domain. */
  domain: string;
}

export type Admission = { kind: 'go'; pass: SitePass } | { kind: 'wait'; wait: Wait };

/** One admitted attempt; also what the pool asks for connections. */
export interface SitePass {
  /** Names the pool of connections. */
  key: string;
  readonly connections: number | null;
  messagesPerConnection: number | null;
  /** May one more connection be opened? Released when it is surely closed. */
  acquire(): Promise<{ kind: 'granted'; established(): void; release(): void } | { kind: 'refused'; waitMs: number; wait: Wait }>;
  /** Not null: the site has objected since this attempt was admitted, and it must not begin. */
  stopped(): Wait | null;
  /**
   * What the site said: `refusedConnection` to the connection itself; `mayBeClosing`: 421 on a kept session.
   * @returns whether it changes the pace
   */
  replied(reply: SmtpReply, to: { refusedConnection?: boolean; mayBeClosing?: boolean }): boolean;
  accepted(recipients: number): void;
  /** Once, when the attempt is over. */
  done(): void;
}
