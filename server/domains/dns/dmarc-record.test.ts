import { describe, expect, test } from 'vitest';
import { readDkimRecord } from './dkim-record.ts';
import { readDmarcRecord } from './dmarc-record.ts';

describe('DMARC records', () => {
  test.each([
    ['v=DMARC1; p=reject; rua=mailto:d@example.com', []],
    ['v=DMARC1;p=none;rua=mailto:d@example.com', [/asks receivers for nothing/]],
    ['v=DMARC1; p=quarantine; pct=50; ri=3600; rua=mailto:d@example.com', [/^pct=, ri=: no longer part/]],
    ['v = DMARC1; rua=mailto:d@example.com', [/p= is missing/]],
    ['v=DMARC1; p=reject; sp=none; np=reject; t=y; psd=n', [/no reports/]],
  ])('%s', (text, advice) => {
    const reading = readDmarcRecord(text);
    expect(reading.kind).toBe('policy');
    const given = reading.kind === 'policy' ? reading.advice : [];
    expect(given).toHaveLength(advice.length);
    for (const [index, pattern] of advice.entries()) expect(given[index]).toMatch(pattern);
  });

  test.each([
    ['v=DMARC1; p=refuse', 'invalid'],
    ['v=DMARC1; reject', 'invalid'],
    ['v=spf1 -all', 'other'],
    ['p=none; v=DMARC1', 'other'],
    ['', 'other'],
  ])('%j is %s', (text, kind) => expect(readDmarcRecord(text).kind).toBe(kind));
});

test.each([
  ['v=DMARC1; p=none', null],
  ['v=DKIM1; k=rsa; p=AB CD', 'ABCD'],
  ['k=rsa; p=ABCD', 'ABCD'],
  ['v=DKIM1; p=', ''],
  ['hello', null],
])('DKIM record %j', (text, publicKey) => expect(readDkimRecord(text)?.publicKey ?? null).toBe(publicKey));
