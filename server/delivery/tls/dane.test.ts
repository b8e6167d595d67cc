import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateAuthority, type TestAuthority } from '../testing/certificates.ts';
import { isUsableTlsa, type TlsaRecord, tlsaText, verifyDane } from '../../mail/dane.ts';

let authority: TestAuthority;
let leaf: X509Certificate;
let expired: X509Certificate;
let ca: X509Certificate;
let stranger: X509Certificate;

beforeAll(() => {
  authority = certificateAuthority();
  leaf = new X509Certificate(authority.issue(['mx.example']).cert);
  expired = new X509Certificate(authority.issue(['mx.example'], { expired: true }).cert);
  ca = new X509Certificate(authority.ca);
  const other = certificateAuthority();
  stranger = new X509Certificate(other.ca);
  other.remove();
});
afterAll(() => authority.remove());

const spki = (certificate: X509Certificate): Buffer => certificate.publicKey.export({ type: 'spki', format: 'der' });
function record(usage: number, selector: number, matchingType: number, certificate: X509Certificate): TlsaRecord {
  const content = selector === 0 ? certificate.raw : spki(certificate);
  const data = matchingType === 0 ? content : createHash(matchingType === 1 ? 'sha256' : 'sha512').update(content).digest();
  return { usage, selector, matchingType, data };
}
const verify = (chain: X509Certificate[], records: TlsaRecord[], names = ['mx.example']) => verifyDane(chain, records, names, new Date());

describe('DANE-EE: the certificate itself', () => {
  test.each([0, 1].flatMap((selector) => [0, 1, 2].map((matchingType) => ({ selector, matchingType }))))('3 $selector $matchingType', ({ selector, matchingType }) => {
    expect(verify([leaf], [record(3, selector, matchingType, leaf)])).toMatchObject({ kind: 'match' });
    expect(verify([leaf], [record(3, selector, matchingType, ca)])).toMatchObject({ kind: 'mismatch' });
  });
  test('neither name nor date matters (RFC 7672 3.1.1)', () => expect(verify([expired], [record(3, 1, 1, expired)], ['other.example'])).toMatchObject({ kind: 'match' }));
  test('any of several records is enough', () => expect(verify([leaf], [record(3, 1, 1, ca), record(3, 1, 1, leaf)])).toMatchObject({ kind: 'match' }));
});

describe('DANE-TA: a trust anchor', () => {
  test.each([0, 1].flatMap((selector) => [0, 1, 2].map((matchingType) => ({ selector, matchingType }))))('2 $selector $matchingType', ({ selector, matchingType }) => {
    expect(verify([leaf, ca], [record(2, selector, matchingType, ca)])).toMatchObject({ kind: 'match' });
    expect(verify([leaf, ca], [record(2, selector, matchingType, stranger)])).toMatchObject({ kind: 'mismatch' });
  });
  test('its bare key in the record need not be sent', () => expect(verify([leaf], [record(2, 1, 0, ca)])).toMatchObject({ kind: 'match' }));
  test.each<[name: string, chain: () => X509Certificate[], names: string[], reason: RegExp]>([
    ['another name', () => [leaf, ca], ['other.example'], /not for other\.example/],
    ['expired', () => [expired, ca], ['mx.example'], /expired/],
    ['an anchor that did not sign', () => [stranger, ca], ['mx.example'], /broken/],
    ['no certificate', () => [], ['mx.example'], /no certificate/],
  ])('%s', (_name, chain, names, reason) => expect(verify(chain(), [record(2, 0, 1, ca)], names)).toMatchObject({ kind: 'mismatch', reason: expect.stringMatching(reason) }));
});

test.each<[text: string, usable: boolean]>([
  ['0 0 1', false], ['1 1 1', false], ['2 0 1', true], ['3 1 2', true], ['3 2 1', false], ['3 1 3', false], ['4 1 1', false],
])('%s is usable: %s', (text, usable) => {
  const [usage, selector, matchingType] = text.split(' ').map(Number) as [number, number, number];
  expect(isUsableTlsa({ usage, selector, matchingType, data: Buffer.alloc(matchingType === 2 ? 64 : 32) })).toBe(usable);
});

test('a digest of the wrong length is not usable', () => expect(isUsableTlsa({ usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(31) })).toBe(false));
test('as text', () => expect(tlsaText({ usage: 3, selector: 1, matchingType: 1, data: Buffer.from('abcd', 'hex') })).toBe('3 1 1 abcd'));
