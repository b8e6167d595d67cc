// A DNS server for tests: answers TXT, A, AAAA and PTR over UDP from a table, says NXDOMAIN to the rest, or nothing at all.
import { createSocket, type Socket } from 'node:dgram';

export interface DnsServer {
  /** As a resolver takes it: `127.0.0.1:port`. */
  address: string;
  /** `TYPE name` → texts or addresses; changed freely while running. */
  records: Map<string, string[]>;
  /** Every question in order, as `TYPE name`. */
  asked: string[];
  /** While true no question is answered. */
  silent: boolean;
  stop(): Promise<void>;
}

const TYPES: Record<number, string> = { 1: 'A', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA' };

export function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const server: DnsServer = {
    address: '', records: new Map(), asked: [], silent: false,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, peer) => {
    const { name, type, end } = question(query);
    server.asked.push(`${type} ${name}`);
    if (!server.silent) reply(socket, peer, query, end, type, server.records.get(`${type} ${name}`));
  });
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      server.address = `127.0.0.1:${socket.address().port}`;
      resolve(server);
    });
  });
}

function question(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES[query.readUInt16BE(at + 1)] ?? '', end: at + 5 };
}

function reply(socket: Socket, peer: { port: number; address: string }, query: Buffer, end: number, type: string, values: string[] | undefined): void {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (values ? 0 : 3), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(values?.length ?? 0, 6);
  const code = Number(Object.entries(TYPES).find(([, name]) => name === type)?.[0] ?? 0);
  const answers = (values ?? []).map((value) => {
    const data = recordData(type, value);
    const fixed = Buffer.from([0xc0, 0x0c, 0, code, 0, 1, 0, 0, 0, 60, 0, 0]);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), peer.port, peer.address);
}

function recordData(type: string, value: string): Buffer {
  const counted = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  switch (type) {
    case 'TXT':
      return Buffer.concat((value.match(/.{1,255}/gs) ?? ['']).map(counted));
    case 'PTR':
      return Buffer.concat([...value.split('.').map(counted), Buffer.from([0])]);
    case 'AAAA':
      // Written out in full, eight groups.
      return Buffer.from(value.split(':').map((group) => group.padStart(4, '0')).join(''), 'hex');
    default:
      return Buffer.from(value.split('.').map(Number));
  }
}
