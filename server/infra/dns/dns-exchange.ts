// Asks DNS servers over UDP, and over TCP where an answer does not fit (RFC 1035 4.2, RFC 7766): one question, one
// decoded reply. What the reply means is resolver.ts.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIPv6 } from 'node:net';
import packet, { type DecodedPacket } from 'dns-packet';

export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TLSA' | 'TXT';

export interface DnsQuestion {
  /** A-labels, without a dot at the end. */
  name: string;
  type: DnsType;
}

export type DnsReply = { kind: 'reply'; reply: DecodedPacket & { rcode: string } } | { kind: 'failed'; reason: string };

export interface DnsServerAddress {
  host: string;
  port: number;
}

/** What fits any path without fragments (DNS flag day 2020). */
const UDP_OCTETS = 1_232;
/** A server that is silent is asked again, or the next one is. */
const TRY_MS = [2_000, 4_000, 4_000];
/** Each question has a socket, and so a port, of its own (RFC 5452 9.2); so many at once. */
const MAX_AT_ONCE = 256;

/**
 * Parses `ip`, `ip:port` or `[ip6]:port`.
 * @param servers empty: the system's (resolv.conf)
 */
export function dnsServers(servers: readonly string[]): DnsServerAddress[] {
  const chosen = servers.length > 0 ? servers : getServers();
  return chosen.map((text) => {
    if (isIPv6(text)) return { host: text, port: 53 };
    const match = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text);
    if (!match) throw new Error(`DNS_SERVERS: "${text}" is not of the form ip, ip:port or [ip6]:port`);
    return { host: (match[1] ?? match[2])!, port: Number(match[3] ?? 53) };
  });
}

/**
 * A function that asks.
 * @param dnssec asks for DNSSEC data too (the DO bit, RFC 4035 3.2.1); the AD bit is always asked for (RFC 6840 5.7)
 */
export function dnsExchange(servers: readonly DnsServerAddress[], dnssec: boolean): (question: DnsQuestion) => Promise<DnsReply> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (question) => {
    if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await askInTurn(servers, question, dnssec);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

async function askInTurn(servers: readonly DnsServerAddress[], question: DnsQuestion, dnssec: boolean): Promise<DnsReply> {
  if (servers.length === 0) return { kind: 'failed', reason: 'DNS: no server is configured' };
  let last: DnsReply = { kind: 'failed', reason: 'DNS: not asked' };
  for (const [turn, timeoutMs] of TRY_MS.entries()) {
    const server = servers[turn % servers.length]!;
    last = await ask(server, question, dnssec, timeoutMs);
    if (last.kind === 'failed') continue;
    const { rcode } = last.reply;
    if (rcode === 'NOERROR' || rcode === 'NXDOMAIN') return last;
    // Another server may know; the same one has said what it has to say.
    if (turn + 1 >= servers.length) break;
  }
  return last.kind === 'reply' ? { kind: 'failed', reason: `DNS: ${last.reply.rcode}` } : last;
}

async function ask(server: DnsServerAddress, question: DnsQuestion, dnssec: boolean, timeoutMs: number): Promise<DnsReply> {
  const id = randomInt(0x1_0000);
  const query = packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA,
    questions: [question],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize: UDP_OCTETS, flags: dnssec ? packet.DNSSEC_OK : 0, options: [] } as never],
  });
  const expected = { id, question };
  const reply = await overUdp(server, query, expected, timeoutMs);
  return reply.kind === 'reply' && reply.reply.flag_tc ? overTcp(server, query, expected, timeoutMs) : reply;
}

interface Expected {
  id: number;
  question: DnsQuestion;
}

/** Null for what is no reply to this question: forged, late or broken. */
function decode(message: Buffer, { id, question }: Expected): (DecodedPacket & { rcode: string }) | null {
  try {
    const reply = packet.decode(message) as DecodedPacket & { rcode: string };
    const asked = reply.questions?.[0];
    const fits = reply.id === id && reply.type === 'response' && asked?.type === question.type && asked.name.toLowerCase() === question.name.toLowerCase();
    return fits ? reply : null;
  } catch {
    return null;
  }
}

const at = ({ host, port }: DnsServerAddress): string => `${host}:${port}`;

function overUdp(server: DnsServerAddress, query: Buffer, expected: Expected, timeoutMs: number): Promise<DnsReply> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
    const settle = (reply: DnsReply): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(() => settle({ kind: 'failed', reason: `DNS: no answer from ${at(server)}` }), timeoutMs);
    socket.on('error', (error) => settle({ kind: 'failed', reason: `DNS: ${at(server)}: ${error.message}` }));
    socket.on('message', (message) => {
      const reply = decode(message, expected);
      if (reply) settle({ kind: 'reply', reply });
    });
    // Connected: datagrams from elsewhere are dropped by the system.
    socket.connect(server.port, server.host, () => socket.send(query));
  });
}

function overTcp(server: DnsServerAddress, query: Buffer, expected: Expected, timeoutMs: number): Promise<DnsReply> {
  return new Promise((resolve) => {
    const socket = connect(server);
    let buffered = Buffer.alloc(0);
    const settle = (reply: DnsReply): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const failed = (why: string): void => settle({ kind: 'failed', reason: `DNS over TCP: ${at(server)}: ${why}` });
    const timer = setTimeout(() => failed('no answer'), timeoutMs);
    socket.on('error', (error) => failed(error.message)).on('close', () => failed('closed'));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    });
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      if (buffered.length < 2 || buffered.length < 2 + buffered.readUInt16BE(0)) return;
      const reply = decode(buffered.subarray(2, 2 + buffered.readUInt16BE(0)), expected);
      if (reply) settle({ kind: 'reply', reply });
      else failed('an answer to another question');
    });
  });
}
