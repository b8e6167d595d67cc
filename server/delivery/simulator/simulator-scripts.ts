// What each local part of the simulator's domain makes happen. Data and a look-up; pure. docs/simulator.md shows the
// table, and a test holds the two together.

export type SimulatedStep =
  /** Accepted; `report`: what comes back a moment later; `delayMs`: before each of the two replies. */
  | { kind: 'accept'; report?: SimulatedReport; delayMs?: number }
  | { kind: 'refuse'; at: 'rcpt' | 'end-of-data'; reply: string }
  /** The message is taken, and the connection cut before a reply. */
  | { kind: 'cut' }
  /** The domain's mail server cannot be looked up. */
  | { kind: 'dns-fault' }
  /** TLS is demanded, and the handshake fails. */
  | { kind: 'tls-fault' }
  /** As if the address were on the suppression list: nothing is dialled. */
  | { kind: 'suppressed' };

export type SimulatedReport = 'complaint' | 'bounce' | 'autoreply';

export interface SimulatorScript {
  name: string;
  /** What the number in `name-3@` says, and what it is when left out; null: a number is not understood. */
  number: { means: 'attempts that fail' | 'seconds'; fallback: number } | null;
  /** What happens first: `number` times, or always where `number` is null. */
  first: SimulatedStep;
  /** From then on. */
  later?: SimulatedStep;
  /** For people. */
  summary: string;
}

const FAILING = { means: 'attempts that fail', fallback: 1 } as const;
const ACCEPT: SimulatedStep = { kind: 'accept' };
const refuse = (reply: string, at: 'rcpt' | 'end-of-data' = 'rcpt'): SimulatedStep => ({ kind: 'refuse', at, reply });

/** A number beyond this is taken for it: seconds and attempts both stay within what a person waits for. */
const MAX_NUMBER = 60;

export const SIMULATOR_SCRIPTS: readonly SimulatorScript[] = [
  { name: 'delivered', number: null, first: ACCEPT, summary: 'delivered' },
  { name: 'slow', number: { means: 'seconds', fallback: 5 }, first: { kind: 'accept', delayMs: 1_000 }, summary: 'delivered, with N seconds (5) before the reply to RCPT and to the message' },
  { name: 'bounced', number: null, first: refuse('550 5.1.1 no such user here (simulated)'), summary: 'bounced: unknown user, at RCPT' },
  { name: 'softbounced', number: null, first: refuse('452 4.2.2 mailbox full (simulated)'), summary: 'deferred, mailbox full, at each attempt; expires in the end' },
  { name: 'rejected', number: null, first: refuse('554 5.7.1 message refused as spam (simulated)', 'end-of-data'), summary: 'bounced: refused as spam, after the message' },
  { name: 'blocked', number: null, first: refuse('554 5.7.1 your IP is listed at dnsbl.simulator.invalid (simulated)'), summary: 'bounced: our address is on a blocklist' },
  { name: 'deferred', number: FAILING, first: refuse('451 4.3.2 try again (simulated)'), later: ACCEPT, summary: 'deferred N times (1), then delivered' },
  { name: 'greylisted', number: FAILING, first: refuse('450 4.7.1 greylisted, please try again later (simulated)'), later: ACCEPT, summary: 'greylisted N times (1), then delivered' },
  { name: 'ratelimited', number: FAILING, first: refuse('421 4.7.28 receiving mail at an unusual rate from you (simulated)'), later: ACCEPT, summary: 'throttled with 421 N times (1), then delivered' },
  { name: 'disconnect-data', number: FAILING, first: { kind: 'cut' }, later: ACCEPT, summary: 'the connection breaks after the message, before its reply, N times (1); then delivered, so that it has come more than once' },
  { name: 'tempfail-dns', number: FAILING, first: { kind: 'dns-fault' }, later: ACCEPT, summary: 'the look-up of the domain fails N times (1), then delivered' },
  { name: 'tls-fail', number: FAILING, first: { kind: 'tls-fault' }, later: ACCEPT, summary: 'TLS is demanded and fails N times (1), then delivered' },
  { name: 'complained', number: null, first: { kind: 'accept', report: 'complaint' }, summary: 'delivered; then a complaint (ARF) comes to the return path' },
  { name: 'bounced-later', number: null, first: { kind: 'accept', report: 'bounce' }, summary: 'delivered; then a DSN with 5.1.1 comes to the return path' },
  { name: 'autoreply', number: null, first: { kind: 'accept', report: 'autoreply' }, summary: 'delivered; then an out-of-office reply comes to the return path' },
  { name: 'ooto', number: null, first: { kind: 'accept', report: 'autoreply' }, summary: 'the same' },
  { name: 'suppressed', number: null, first: { kind: 'suppressed' }, summary: 'bounced as suppressed, without a connection' },
];

/** An unknown local part is told so: a slip in a test must not look like a success. */
export const UNKNOWN_SCRIPT: SimulatedStep = refuse('550 5.1.1 the simulator has no such address (simulated)');

const BY_NAME = new Map(SIMULATOR_SCRIPTS.map((script) => [script.name, script]));

/**
 * What an attempt to a recipient meets. Case and a `+tag` are ignored.
 * @param localPart `deferred-3+order42`
 * @param attempt attempts begun for the recipient, this one included, from 1
 */
export function simulate(localPart: string, attempt: number): SimulatedStep {
  const untagged = localPart.split('+')[0]!.toLowerCase();
  const plain = BY_NAME.get(untagged);
  const numbered = /^(.+)-(\d{1,9})$/.exec(untagged);
  const script = plain ?? (numbered ? BY_NAME.get(numbered[1]!) : undefined);
  if (!script || (!plain && script.number === null)) return UNKNOWN_SCRIPT;
  const number = Math.min(plain ? (script.number?.fallback ?? 0) : Number(numbered![2]), MAX_NUMBER);
  if (script.number?.means === 'seconds' && script.first.kind === 'accept') return { ...script.first, delayMs: number * 1_000 };
  return script.later && attempt > number ? script.later : script.first;
}
