import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dnsResolver, type DnsResolver } from './resolver.ts';

// A DNS server of a few lines: answers from a table, counts questions.
const TYPES = { A: 1, MX: 15, TXT: 16, AAAA: 28 } as const;
type Answer = { type: keyof typeof TYPES; ttl: number; data: Buffer };
type Reply = Answer[] | 'NXDOMAIN' | 'SERVFAIL';

const name = (text: string) => Buffer.concat([...text.split('.').filter(Boolean).map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
const a = (address: string, ttl = 60): Answer => ({ type: 'A', ttl, data: Buffer.from(address.split('.').map(Number)) });
const aaaa = (hex: string, ttl = 60): Answer => ({ type: 'AAAA', ttl, data: Buffer.from(hex, 'hex') });
const mx = (preference: number, host: string): Answer => ({ type: 'MX', ttl: 60, data: Buffer.concat([Buffer.from([preference >> 8, preference & 255]), name(host)]) });
const txt = (...strings: string[]): Answer => ({ type: 'TXT', ttl: 60, data: Buffer.concat(strings.map((text) => Buffer.from([text.length, ...Buffer.from(text)]))) });

const zone: Record<string, Reply> = {
  'two.example MX': [mx(20, 'B.mx'), mx(10, 'a.mx')],
  'null.example MX': [mx(0, '')],
  'empty.example MX': [],
  'gone.example MX': 'NXDOMAIN',
  'broken.example MX': 'SERVFAIL',
  'both.example A': [a('192.0.2.1'), a('192.0.2.2')],
  'both.example AAAA': [aaaa('20010db8000000000000000000000001')],
  'four.example A': [a('192.0.2.4')],
  'four.example AAAA': [],
  'half.example A': 'SERVFAIL',
  'half.example AAAA': [],
  'gone.example A': 'NXDOMAIN',
  'gone.example AAAA': 'NXDOMAIN',
  'text.example TXT': [txt('v=DKIM1; ', 'p=abc'), txt('other')],
};

let server: Socket;
let resolver: DnsResolver;
const asked = new Map<string, number>();

function respond(query: Buffer): Buffer {
  let at = 12;
  const labels: string[] = [];
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = Object.entries(TYPES).find(([, number]) => number === query.readUInt16BE(at + 1))?.[0] ?? '?';
  const key = `${labels.join('.').toLowerCase()} ${type}`;
  asked.set(key, (asked.get(key) ?? 0) + 1);
  const reply = zone[key] ?? 'NXDOMAIN';
  const answers = Array.isArray(reply) ? reply : [];
  const code = reply === 'NXDOMAIN' ? 3 : reply === 'SERVFAIL' ? 2 : 0;
  const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80 | code, 0, 1, 0, answers.length, 0, 0, 0, 0]);
  const records = answers.map((answer) => {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0);
    head.writeUInt16BE(TYPES[answer.type], 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(answer.ttl, 6);
    head.writeUInt16BE(answer.data.length, 10);
    return Buffer.concat([head, answer.data]);
  });
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

beforeAll(async () => {
  server = createSocket('udp4');
  server.on('message', (query, from) => server.send(respond(query), from.port, from.address));
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  asked.clear();
  resolver = dnsResolver([`127.0.0.1:${server.address().port}`]);
});

describe('dnsResolver', () => {
  test.each<[domain: string, expected: object]>([
    ['two.example', { kind: 'found', records: expect.arrayContaining([{ preference: 10, host: 'a.mx' }, { preference: 20, host: 'b.mx' }]) }],
    ['null.example', { kind: 'found', records: [{ preference: 0, host: '' }] }],
    ['empty.example', { kind: 'none', nameExists: true }],
    ['gone.example', { kind: 'none', nameExists: false }],
    ['broken.example', { kind: 'failed', reason: expect.stringContaining('DNS') }],
  ])('MX of %s', async (domain, expected) => expect(await resolver.mx(domain)).toEqual(expected));

  test.each<[host: string, expected: object]>([
    ['both.example', { kind: 'found', records: expect.arrayContaining(['192.0.2.1', '192.0.2.2', '2001:db8::1']) }],
    ['four.example', { kind: 'found', records: ['192.0.2.4'] }],
    // One family failed and the other is empty: that is no "there is none".
    ['half.example', { kind: 'failed', reason: expect.any(String) }],
    ['gone.example', { kind: 'none', nameExists: false }],
  ])('addresses of %s', async (host, expected) => expect(await resolver.addresses(host)).toEqual(expected));

  test('TXT strings are joined', async () =>
    expect(await resolver.txt('text.example')).toEqual({ kind: 'found', records: expect.arrayContaining(['v=DKIM1; p=abc', 'other']) }));

  test('a hundred at once ask once; what is there and what is not are both remembered', async () => {
    await Promise.all(Array.from({ length: 100 }, () => resolver.mx('two.example')));
    await resolver.mx('two.example');
    await resolver.mx('gone.example');
    await resolver.mx('gone.example');
    expect(asked.get('two.example MX')).toBe(1);
    expect(asked.get('gone.example MX')).toBe(1);
  });
});
