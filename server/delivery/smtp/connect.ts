// From a host name's address to a connection ready for mail: TCP, greeting, EHLO or HELO, and TLS as far as the
// target's policy asks for it.
import type { X509Certificate } from 'node:crypto';
import { connect as tcpConnect, isIP, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { verifyDane } from '../../mail/dane.ts';
import { formatReply, type SmtpReply } from '../../mail/smtp-reply.ts';
import type { EgressAddress } from '../egress/egress-address.ts';
import type { PublishedPolicy, TlsFacts, TlsFailure, TlsLevel, TlsPolicy } from '../tls/tls-policy.ts';
import { type Dialogue, DialogueFault, openDialogue } from './dialogue.ts';
import type { SmtpTimeouts } from './timeouts.ts';
import { peerCertificate, peerChain, tlsFactsOf } from './tls-upgrade.ts';

export interface SmtpTarget {
  /** The MX host's name, for TLS and for people. */
  host: string;
  /** Where it is. */
  address: string;
  port: number;
  tls: TlsLevel;
  /** Where the level comes from, and what else it needs to know. */
  tlsPolicy?: TlsPolicy;
  /** What the destination publishes about TLS to this host; absent where nobody is told. */
  published?: PublishedPolicy;
}

export interface SmtpClientSettings {
  timeouts: SmtpTimeouts;
  /** Trust store of the level `verified`; the system's when absent. */
  secureContext?: SecureContext;
}

export interface SmtpSession {
  dialogue: Dialogue;
  target: SmtpTarget;
  /** Where it goes out from. */
  egress: EgressAddress;
  /** EHLO keywords in upper case with their parameters; empty after HELO. */
  extensions: ReadonlyMap<string, string>;
  /** Protocol version, or false in clear. */
  tls: string | false;
  tlsFacts: TlsFacts | null;
  /** Where TLS failed before: at this host, so that it is in clear, or at hosts tried before it. */
  tlsFailures: TlsFailure[];
  /** Messages sent over it. */
  messages: number;
  /** What was said until it was ready for mail, failed tries before it included. */
  opening: string[];
}

interface Seen {
  conversation: string[];
  tlsFailures: TlsFailure[];
}

export type ConnectResult =
  | { kind: 'connected'; session: SmtpSession }
  /** Nobody there, the dialogue broke before mail could be spoken of, or (phase `tls`) it is less secure than it must be. */
  | ({ kind: 'unreachable'; phase: string; reason: string } & Seen)
  /** The server answered and does not want us now (4xx) or at all (5xx). */
  | ({ kind: 'refused'; phase: string; reply: SmtpReply } & Seen);

/** Opens a session. Where the level is `opportunistic`, a failed handshake is tried once more in clear, on a new connection. */
export async function connectSmtp(target: SmtpTarget, egress: EgressAddress, settings: SmtpClientSettings): Promise<ConnectResult> {
  const first = await attempt(target, egress, settings, target.tls);
  if (first.kind !== 'tls-failed') return first;
  const { failure, conversation } = first;
  if (target.tls !== 'opportunistic') return { kind: 'unreachable', phase: 'tls', reason: failure.reason, conversation, tlsFailures: [failure] };
  const again = await attempt(target, egress, settings, 'none');
  if (again.kind === 'tls-failed') return { kind: 'unreachable', phase: 'tls', reason: again.failure.reason, conversation, tlsFailures: [failure] };
  const seen: Seen = again.kind === 'connected' ? { conversation: again.session.opening, tlsFailures: again.session.tlsFailures } : again;
  const both = { conversation: [...conversation, ...seen.conversation], tlsFailures: [failure, ...seen.tlsFailures] };
  if (again.kind !== 'connected') return { ...again, ...both };
  again.session.opening = both.conversation;
  again.session.tlsFailures = both.tlsFailures;
  return again;
}

type Attempt = ConnectResult | { kind: 'tls-failed'; failure: TlsFailure; conversation: string[] };

/** One connection, as far as it gets; what it must know in every step. */
interface Opening {
  target: SmtpTarget;
  egress: EgressAddress;
  settings: SmtpClientSettings;
  dialogue: Dialogue;
  phase: string;
}

async function attempt(target: SmtpTarget, egress: EgressAddress, settings: SmtpClientSettings, level: TlsLevel): Promise<Attempt> {
  const where = `${target.host} [${target.address}]:${target.port}`;
  const from = egress.sourceAddress === null ? '' : ` from ${egress.sourceAddress}`;
  let opening: Opening | null = null;
  try {
    const socket = await connectTcp(target, egress, settings.timeouts.connect);
    opening = { target, egress, settings, dialogue: openDialogue(socket), phase: 'greeting' };
    opening.dialogue.transcript.noted(`connected to ${where}${from}`);
    return await open(opening, level);
  } catch (error) {
    if (!(error instanceof DialogueFault)) throw error;
    opening?.dialogue.destroy();
    const conversation = opening?.dialogue.transcript.take() ?? [`0 * no connection to ${where}${from}: ${error.message}`];
    if (error.kind === 'tls' || opening?.phase === 'starttls') {
      return { kind: 'tls-failed', failure: tlsFailure(target, 'validation-failure', error.message), conversation };
    }
    return { kind: 'unreachable', phase: opening?.phase ?? 'connect', reason: error.message, conversation, tlsFailures: [] };
  }
}

async function open(opening: Opening, level: TlsLevel): Promise<Attempt> {
  const { target, egress, settings, dialogue } = opening;
  const greeting = await dialogue.reply(settings.timeouts.greeting);
  if (greeting.code !== 220) return refuse(opening, greeting);
  opening.phase = 'ehlo';
  let extensions = await sayHello(opening);
  if ('code' in extensions) return refuse(opening, extensions);
  let facts: TlsFacts | null = null;
  const tlsFailures: TlsFailure[] = [];
  if (level !== 'none') {
    const tls = await startTls(opening, extensions);
    if ('result' in tls) {
      if (level !== 'opportunistic') return leave(opening, tls);
      tlsFailures.push(tls);
    } else {
      const certificate = peerCertificate(tls);
      facts = tlsFactsOf(tls, certificate);
      const failure = authenticate(opening, level, facts, certificate);
      dialogue.transcript.noted(tlsLine(facts));
      if (failure) return leave(opening, failure);
      opening.phase = 'ehlo';
      extensions = await sayHello(opening);
      if ('code' in extensions) return refuse(opening, extensions);
    }
  }
  return {
    kind: 'connected',
    session: { dialogue, target, egress, extensions, tls: facts?.protocol ?? false, tlsFacts: facts, tlsFailures, messages: 0, opening: dialogue.transcript.take() },
  };
}

/** @returns the secured socket, or that the server does not do it (then the connection goes on in clear) */
async function startTls(opening: Opening, extensions: ReadonlyMap<string, string>): Promise<TLSSocket | TlsFailure> {
  const { target, settings, dialogue } = opening;
  if (!extensions.has('STARTTLS')) return tlsFailure(target, 'starttls-not-supported', `${target.host} does not offer STARTTLS`);
  opening.phase = 'starttls';
  dialogue.send('STARTTLS\r\n');
  const ready = await dialogue.reply(settings.timeouts.startTls);
  if (ready.code !== 220) return tlsFailure(target, 'starttls-not-supported', `${target.host} refused STARTTLS: ${formatReply(ready)}`);
  return dialogue.startTls({
    host: target.host,
    timeoutMs: settings.timeouts.startTls,
    ...(settings.secureContext && { secureContext: settings.secureContext }),
  });
}

/** Null when the server is who the level asks for. Writes into `facts` what vouches for it. */
function authenticate({ target }: Opening, level: TlsLevel, facts: TlsFacts, certificate: X509Certificate | undefined): TlsFailure | null {
  if (level === 'dane') {
    const policy = target.tlsPolicy;
    const result = verifyDane(peerChain(certificate), policy?.tlsa ?? [], policy?.certificateNames ?? [target.host], new Date());
    facts.authenticatedBy = result.kind === 'match' ? 'dane' : null;
    return result.kind === 'match' ? null : tlsFailure(target, 'validation-failure', `DANE: ${result.reason}`);
  }
  if (level !== 'verified' || facts.webpkiFailure === null) return null;
  const { result, reason } = facts.webpkiFailure;
  return tlsFailure(target, result, `The certificate of ${target.host} is not valid for it: ${reason}`);
}

const tlsFailure = ({ host, address, published }: SmtpTarget, result: TlsFailure['result'], reason: string): TlsFailure => ({
  result, host, address, reason, ...(published && { published }),
});

function tlsLine({ protocol, cipher, subject, issuer, validTo, authenticatedBy, webpkiFailure }: TlsFacts): string {
  const vouched = authenticatedBy === null ? `not authenticated (${webpkiFailure?.reason ?? ''})` : `authenticated by ${authenticatedBy}`;
  return `${protocol} ${cipher}; certificate ${subject}, issued by ${issuer}, valid to ${validTo}; ${vouched}`;
}

function refuse(opening: Opening, reply: SmtpReply): ConnectResult {
  return { kind: 'refused', phase: opening.phase, reply, conversation: goodbye(opening), tlsFailures: [] };
}

function leave(opening: Opening, failure: TlsFailure): Attempt {
  return { kind: 'unreachable', phase: 'tls', reason: failure.reason, conversation: [...goodbye(opening), `0 * ${failure.reason}`], tlsFailures: [failure] };
}

function goodbye({ dialogue }: Opening): string[] {
  dialogue.send('QUIT\r\n');
  dialogue.destroy();
  return dialogue.transcript.take();
}

/** EHLO, or HELO where that is unknown; the extensions, or the reply that refuses both. */
async function sayHello({ egress, settings, dialogue }: Opening): Promise<ReadonlyMap<string, string> | SmtpReply> {
  dialogue.send(`EHLO ${egress.ehloName}\r\n`);
  const ehlo = await dialogue.reply(settings.timeouts.hello);
  if (ehlo.code === 250) return extensionsOf(ehlo);
  if (ehlo.code < 500 || ehlo.code === 521 || ehlo.code === 550 || ehlo.code === 554) return ehlo;
  dialogue.send(`HELO ${egress.ehloName}\r\n`);
  const helo = await dialogue.reply(settings.timeouts.hello);
  return helo.code === 250 ? new Map() : helo;
}

function extensionsOf(reply: SmtpReply): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>();
  for (const line of reply.text.split('\n').slice(1)) {
    const [keyword = '', ...parameters] = line.trim().split(/\s+/);
    if (/^[A-Za-z0-9-]+$/.test(keyword)) extensions.set(keyword.toUpperCase(), parameters.join(' '));
  }
  return extensions;
}

function connectTcp(target: SmtpTarget, egress: EgressAddress, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const bound = egress.sourceAddress === null ? {} : { localAddress: egress.sourceAddress, family: isIP(egress.sourceAddress) };
    const socket = tcpConnect({ host: target.address, port: target.port, ...bound });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new DialogueFault('timeout', `no connection within ${Math.round(timeoutMs / 1000)} s`));
    }, timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      reject(new DialogueFault('closed', error.message));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
