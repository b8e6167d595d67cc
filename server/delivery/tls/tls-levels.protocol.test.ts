// Each level of TLS against each kind of server, on real sockets with real certificates.
import { createHash, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultEgress } from '../egress/egress-address.ts';
import { connectSmtp } from '../smtp/connect.ts';
import { RFC_TIMEOUTS } from '../smtp/timeouts.ts';
import { certificateAuthority, type TestAuthority } from '../testing/certificates.ts';
import { type FakeMxOptions, startFakeMx } from '../testing/fake-mx.ts';
import type { TlsLevel } from './tls-policy.ts';

let authority: TestAuthority;
let servers: Record<string, FakeMxOptions>;
let tlsa: { usage: number; selector: number; matchingType: number; data: Buffer }[];

beforeAll(() => {
  authority = certificateAuthority();
  const valid = authority.issue(['mx.example']);
  const digest = createHash('sha256').update(new X509Certificate(valid.cert).publicKey.export({ type: 'spki', format: 'der' })).digest();
  tlsa = [{ usage: 3, selector: 1, matchingType: 1, data: digest }];
  servers = {
    valid: { tls: valid },
    'wrong name': { tls: authority.issue(['other.example']) },
    expired: { tls: authority.issue(['mx.example'], { expired: true }) },
    'self-signed': { tls: authority.selfSigned('mx.example') },
    'no TLS': {},
    'refuses STARTTLS': { tls: valid, tlsFault: 'refuses' },
    'garbage for a handshake': { tls: valid, tlsFault: 'garbage-handshake' },
    'closes in the handshake': { tls: valid, tlsFault: 'half-closed' },
    'injects in clear': { tls: valid, tlsFault: 'injection' },
  };
});
afterAll(() => authority.remove());

async function connect(server: string, level: TlsLevel) {
  const mx = await startFakeMx(servers[server]);
  const timeouts = { ...RFC_TIMEOUTS, startTls: 60_000 };
  const result = await connectSmtp(
    { host: 'mx.example', address: '127.0.0.1', port: mx.port, tls: level, tlsPolicy: { level, source: 'configured', tlsa, certificateNames: ['mx.example'] } },
    defaultEgress('mail.eider.test'),
    { timeouts, secureContext: createSecureContext({ ca: authority.ca }) },
  );
  if (result.kind === 'connected') result.session.dialogue.destroy();
  const { commands } = mx;
  await mx.close();
  if (result.kind === 'connected') {
    return { got: result.session.tls === false ? 'clear' : 'secured', failures: result.session.tlsFailures.map((failure) => failure.result), by: result.session.tlsFacts?.authenticatedBy ?? null, commands };
  }
  return { got: result.kind === 'unreachable' ? result.phase : result.kind, failures: result.tlsFailures.map((failure) => failure.result), by: null, commands };
}

type Row = [server: string, level: TlsLevel, got: string, failures: string[], by: string | null];

describe('opportunistic takes what there is', () => {
  test.each<Row>([
    ['valid', 'opportunistic', 'secured', [], 'webpki'],
    ['wrong name', 'opportunistic', 'secured', [], null],
    ['expired', 'opportunistic', 'secured', [], null],
    ['self-signed', 'opportunistic', 'secured', [], null],
    ['no TLS', 'opportunistic', 'clear', ['starttls-not-supported'], null],
    ['refuses STARTTLS', 'opportunistic', 'clear', ['starttls-not-supported'], null],
    ['garbage for a handshake', 'opportunistic', 'clear', ['validation-failure'], null],
    ['closes in the handshake', 'opportunistic', 'clear', ['validation-failure'], null],
    ['injects in clear', 'opportunistic', 'clear', ['validation-failure'], null],
  ])('%s (%s): %s', check);
});

describe('required is never in clear, whatever the certificate', () => {
  test.each<Row>([
    ['valid', 'required', 'secured', [], 'webpki'],
    ['self-signed', 'required', 'secured', [], null],
    ['no TLS', 'required', 'tls', ['starttls-not-supported'], null],
    ['refuses STARTTLS', 'required', 'tls', ['starttls-not-supported'], null],
    ['garbage for a handshake', 'required', 'tls', ['validation-failure'], null],
    ['closes in the handshake', 'required', 'tls', ['validation-failure'], null],
    ['injects in clear', 'required', 'tls', ['validation-failure'], null],
  ])('%s (%s): %s', check);
});

describe('verified wants a certificate of the host', () => {
  test.each<Row>([
    ['valid', 'verified', 'secured', [], 'webpki'],
    ['wrong name', 'verified', 'tls', ['certificate-host-mismatch'], null],
    ['expired', 'verified', 'tls', ['certificate-expired'], null],
    ['self-signed', 'verified', 'tls', ['certificate-not-trusted'], null],
    ['no TLS', 'verified', 'tls', ['starttls-not-supported'], null],
    ['closes in the handshake', 'verified', 'tls', ['validation-failure'], null],
  ])('%s (%s): %s', check);
});

describe('dane wants the certificate that the records name', () => {
  test.each<Row>([
    ['valid', 'dane', 'secured', [], 'dane'],
    ['wrong name', 'dane', 'tls', ['validation-failure'], null],
    ['self-signed', 'dane', 'tls', ['validation-failure'], null],
    ['no TLS', 'dane', 'tls', ['starttls-not-supported'], null],
  ])('%s (%s): %s', check);
});

test('none does not even ask', async () => {
  const { got, commands } = await connect('valid', 'none');
  expect(got).toBe('clear');
  expect(commands).not.toContain('STARTTLS');
});

async function check(server: string, level: TlsLevel, got: string, failures: string[], by: string | null): Promise<void> {
  const result = await connect(server, level);
  expect({ got: result.got, failures: result.failures, by: result.by }).toEqual({ got, failures, by });
  // Whoever must not speak in clear has said no more than hello.
  if (level !== 'opportunistic') expect(result.commands.some((command) => command.startsWith('MAIL'))).toBe(false);
}
