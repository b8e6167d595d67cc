// A DNS server for tests, on the wire over UDP and TCP: answers from a table, can claim to have validated (AD), can be
// slow of foot in all the ways that matter: SERVFAIL, silence, truncation.
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import packet, { type Answer } from 'dns-packet';

export interface DoubleAnswer {
  /** Records in dns-packet's form, their name left out: the question's. */
  records?: { type: string; data: unknown; ttl?: number; name?: string }[];
  rcode?: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  /** Validated. */
  ad?: boolean;
  /** Negative answers carry it. */
  soa?: { ttl: number; minimum: number };
  silent?: boolean;
  /** Over UDP only a truncated, empty answer. */
  truncated?: boolean;
}

export interface DnsDouble {
  /** As a resolver takes it. */
  address: string;
  /** By `TYPE name`; changed freely while running. What is not there does not exist. */
  zone: Map<string, DoubleAnswer>;
  /** Questions in order, `TYPE name`, with ` tcp` behind those over TCP. */
  asked: string[];
  close(): Promise<void>;
}

export async function startDnsDouble(zone: Record<string, DoubleAnswer> = {}): Promise<DnsDouble> {
  const answers = new Map(Object.entries(zone));
  const asked: string[] = [];
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (chunk) => {
      const reply = respond(answers, asked, chunk.subarray(2), true);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply?.length ?? 0);
      socket.end(Buffer.concat([length, reply ?? Buffer.alloc(0)]));
    });
  });
  const { udp, port } = await listenOnBoth(tcp);
  udp.on('message', (query, peer) => {
    const reply = respond(answers, asked, query, false);
    if (reply) udp.send(reply, peer.port, peer.address);
  });
  return {
    address: `127.0.0.1:${port}`,
    zone: answers,
    asked,
    async close() {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

/** The same port for both: one that is free for UDP may be taken for TCP, then another is tried. */
async function listenOnBoth(tcp: Server): Promise<{ udp: Socket; port: number }> {
  for (;;) {
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    const { port } = udp.address();
    const listens = await new Promise<boolean>((resolve) => {
      const failed = (): void => resolve(false);
      tcp.once('error', failed);
      tcp.listen(port, '127.0.0.1', () => {
        tcp.off('error', failed);
        resolve(true);
      });
    });
    if (listens) return { udp, port };
    await new Promise<void>((resolve) => udp.close(() => resolve()));
  }
}

const RCODES: Record<string, number> = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 };

function respond(zone: Map<string, DoubleAnswer>, asked: string[], message: Buffer, overTcp: boolean): Buffer | null {
  const query = packet.decode(message);
  const question = query.questions![0]!;
  const key = `${question.type} ${question.name.toLowerCase()}`;
  asked.push(overTcp ? `${key} tcp` : key);
  const known = zone.get(key);
  const others = [...zone.keys()].some((name) => name.endsWith(` ${question.name.toLowerCase()}`));
  const answer: DoubleAnswer = known ?? (others ? {} : { rcode: 'NXDOMAIN' });
  if (answer.silent) return null;
  const truncated = answer.truncated === true && !overTcp;
  const flags =
    packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (answer.ad ? packet.AUTHENTIC_DATA : 0) | (truncated ? packet.TRUNCATED_RESPONSE : 0) | (answer.rcode ? RCODES[answer.rcode]! : 0);
  const records = (truncated ? [] : (answer.records ?? [])).map((record) => ({ name: question.name, ttl: 300, ...record }));
  const soa = { mname: 'ns.test', rname: 'hostmaster.test', serial: 1, refresh: 1, retry: 1, expire: 1 };
  return packet.encode({
    type: 'response', id: query.id!, flags, questions: [question], answers: records as Answer[],
    authorities: answer.soa ? [{ type: 'SOA', name: 'test', ttl: answer.soa.ttl, data: { ...soa, minimum: answer.soa.minimum } }] : [],
  });
}

export const mx = (...hosts: string[]): DoubleAnswer['records'] => hosts.map((exchange, index) => ({ type: 'MX', data: { preference: (index + 1) * 10, exchange } }));
export const a = (...addresses: string[]): DoubleAnswer['records'] => addresses.map((data) => ({ type: 'A', data }));
export const txt = (text: string): DoubleAnswer['records'] => [{ type: 'TXT', data: [text] }];
