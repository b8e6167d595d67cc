// From a host name's address to a connection ready for mail: TCP, greeting, EHLO or HELO, STARTTLS.
import { connect as tcpConnect, isIP, type Socket } from 'node:net';
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import type { EgressAddress } from '../egress/egress-address.ts';
import { type Dialogue, DialogueFault, openDialogue } from './dialogue.ts';
import type { SmtpTimeouts } from './timeouts.ts';

export interface SmtpTarget {
  /** The MX host's name, for TLS and for people. */
  host: string;
  /** Where it is. */
  address: string;
  port: number;
  /** none: do not even ask. opportunistic: take it when offered, go on without when it fails. */
  tls: 'none' | 'opportunistic';
}

export interface SmtpClientSettings {
  timeouts: SmtpTimeouts;
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
  /** Messages sent over it. */
  messages: number;
}

export type ConnectResult =
  | { kind: 'connected'; session: SmtpSession }
  /** Nobody there, or the dialogue broke before mail could be spoken of. */
  | { kind: 'unreachable'; phase: string; reason: string }
  /** The server answered and does not want us now (4xx) or at all (5xx). */
  | { kind: 'refused'; phase: string; reply: SmtpReply };

/** Opens a session. A failed TLS handshake is tried once more in clear, on a new connection. */
export async function connectSmtp(target: SmtpTarget, egress: EgressAddress, settings: SmtpClientSettings): Promise<ConnectResult> {
  const first = await attempt(target, egress, settings, target.tls === 'opportunistic');
  return first.kind === 'tls-failed' ? ((await attempt(target, egress, settings, false)) as ConnectResult) : first;
}

async function attempt(
  target: SmtpTarget,
  egress: EgressAddress,
  settings: SmtpClientSettings,
  tryTls: boolean,
): Promise<ConnectResult | { kind: 'tls-failed' }> {
  let phase = 'connect';
  let dialogue: Dialogue | null = null;
  try {
    dialogue = openDialogue(await connectTcp(target, egress, settings.timeouts.connect));
    phase = 'greeting';
    const greeting = await dialogue.reply(settings.timeouts.greeting);
    if (greeting.code !== 220) return refuse(dialogue, phase, greeting);
    phase = 'ehlo';
    let hello = await sayHello(dialogue, egress.ehloName, settings);
    if ('code' in hello) return refuse(dialogue, phase, hello);
    let tls: string | false = false;
    if (tryTls && hello.has('STARTTLS')) {
      phase = 'starttls';
      dialogue.send('STARTTLS\r\n');
      const ready = await dialogue.reply(settings.timeouts.startTls);
      if (ready.code === 220) {
        const servername = isIP(target.host) === 0 ? target.host : undefined;
        tls = (await dialogue.startTls({ servername, timeoutMs: settings.timeouts.startTls })).protocol;
        phase = 'ehlo';
        hello = await sayHello(dialogue, egress.ehloName, settings);
        if ('code' in hello) return refuse(dialogue, phase, hello);
      }
      // Any other reply: offered and not meant; go on in clear on the same connection.
    }
    return { kind: 'connected', session: { dialogue, target, egress, extensions: hello, tls, messages: 0 } };
  } catch (error) {
    dialogue?.destroy();
    if (phase === 'starttls' || (error instanceof DialogueFault && error.kind === 'tls')) return { kind: 'tls-failed' };
    return { kind: 'unreachable', phase, reason: (error as Error).message };
  }
}

function refuse(dialogue: Dialogue, phase: string, reply: SmtpReply): ConnectResult {
  dialogue.send('QUIT\r\n');
  dialogue.destroy();
  return { kind: 'refused', phase, reply };
}

/** EHLO, or HELO where that is unknown; the extensions, or the reply that refuses both. */
async function sayHello(dialogue: Dialogue, ehloName: string, settings: SmtpClientSettings): Promise<ReadonlyMap<string, string> | SmtpReply> {
  dialogue.send(`EHLO ${ehloName}\r\n`);
  const ehlo = await dialogue.reply(settings.timeouts.hello);
  if (ehlo.code === 250) return extensionsOf(ehlo);
  if (ehlo.code < 500 || ehlo.code === 521 || ehlo.code === 550 || ehlo.code === 554) return ehlo;
  dialogue.send(`HELO ${ehloName}\r\n`);
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
