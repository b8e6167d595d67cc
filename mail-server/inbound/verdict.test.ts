import { describe, expect, test } from 'vitest';
import { parseClamdReply, clamdAddress } from '../../server/infra/clamd/virus-scanner.ts';
import { parseScan, SPAM_ACTIONS, type SpamAction, type SpamScan } from './rspamd.ts';
import { decide, scanSummary } from './verdict.ts';

const scanned = (action: SpamAction): SpamScan => ({ kind: 'scanned', action, score: 1.25, required: 15 });
const unscanned: SpamScan = { kind: 'unscanned', reason: 'rspamd is down' };
const fine = { result: 'pass', policy: 'reject' };

describe('verdict', () => {
  test.each<[SpamAction, string]>([
    ['no action', 'deliver no'],
    ['greylist', 'deliver no'],
    ['add header', 'deliver yes'],
    ['rewrite subject', 'deliver yes'],
    ['soft reject', 'refuse 451'],
    ['reject', 'refuse 550'],
  ])('rspamd says %s', (action, expected) => {
    const verdict = decide(scanned(action), { kind: 'clean' }, fine);
    expect(verdict.kind === 'deliver' ? `deliver ${verdict.mark}` : `refuse ${verdict.reply.code}`).toBe(expected);
  });

  test('every action has a consequence', () => {
    for (const action of SPAM_ACTIONS) expect(decide(scanned(action), { kind: 'clean' }, fine)).toBeDefined();
  });

  test.each([
    ['fail', 'reject', 'yes'],
    ['fail', 'quarantine', 'yes'],
    ['fail', 'none', 'no'],
    ['pass', 'reject', 'no'],
    ['temperror', 'reject', 'no'],
    ['none', 'none', 'no'],
  ])('DMARC %s with p=%s', (result, policy, mark) => {
    expect(decide(scanned('no action'), { kind: 'clean' }, { result, policy })).toEqual({ kind: 'deliver', mark });
    expect(decide(unscanned, { kind: 'clean' }, { result, policy })).toEqual({ kind: 'deliver', mark: mark === 'yes' ? 'yes' : 'unscanned' });
  });

  test('a virus goes before everything', () => {
    const verdict = decide(unscanned, { kind: 'infected', name: 'Eicar' }, fine);
    expect(verdict).toMatchObject({ kind: 'refuse', because: 'virus', reply: { code: 550 } });
  });

  test.each([
    ['absent', 'no'],
    ['down', 'unscanned'],
    ['too large', 'unscanned'],
  ] as const)('clamd %s: %s', (reason, mark) => {
    expect(decide(scanned('no action'), { kind: 'unscanned', reason }, fine)).toEqual({ kind: 'deliver', mark });
    expect(decide(scanned('add header'), { kind: 'unscanned', reason }, fine)).toEqual({ kind: 'deliver', mark: 'yes' });
  });

  test('summary', () => {
    expect(scanSummary(scanned('no action'), { kind: 'clean' })).toBe('rspamd=no action score=1.3/15; clamd=clean');
    expect(scanSummary(unscanned, { kind: 'unscanned', reason: 'absent' })).toBe('rspamd=unscanned (rspamd is down); clamd=unscanned (absent)');
  });
});

describe("scanners' answers", () => {
  test('rspamd', () => {
    expect(parseScan({ action: 'add header', score: 7, required_score: 12 })).toEqual({ kind: 'scanned', action: 'add header', score: 7, required: 12 });
    expect(() => parseScan({ action: 'dance', score: 7 })).toThrow('not understood');
    expect(() => parseScan({})).toThrow('not understood');
  });

  test.each([
    ['stream: OK\0', { kind: 'clean' }],
    ['stream: Win.Test.EICAR_HDB-1 FOUND\0', { kind: 'infected', name: 'Win.Test.EICAR_HDB-1' }],
    ['INSTREAM size limit exceeded. ERROR\0', { kind: 'unscanned', reason: 'too large' }],
  ])('clamd %j', (reply, expected) => {
    expect(parseClamdReply(reply)).toEqual(expected);
  });

  test('clamd without an answer', () => {
    expect(() => parseClamdReply('')).toThrow('no answer');
    expect(() => parseClamdReply('UNKNOWN COMMAND\0')).toThrow('UNKNOWN');
  });

  test('addresses of clamd', () => {
    expect(clamdAddress('unix:///run/clamd%20x.sock')).toEqual({ path: '/run/clamd x.sock' });
    expect(clamdAddress('tcp://127.0.0.1:3310')).toEqual({ host: '127.0.0.1', port: 3310 });
    expect(clamdAddress('tcp://[::1]:3310')).toEqual({ host: '::1', port: 3310 });
    expect(() => clamdAddress('tcp://127.0.0.1')).toThrow('CLAMD_URL');
    expect(() => clamdAddress('http://x:1')).toThrow('CLAMD_URL');
  });
});
