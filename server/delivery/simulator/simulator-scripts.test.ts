import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { simulate, SIMULATOR_SCRIPTS } from './simulator-scripts.ts';

describe('what an attempt meets', () => {
  test.each([
    ['delivered', 1, { kind: 'accept' }],
    ['Delivered+any.tag', 7, { kind: 'accept' }],
    ['bounced', 1, { kind: 'refuse', at: 'rcpt', reply: expect.stringMatching(/^550 5\.1\.1 /) }],
    ['softbounced', 1, { kind: 'refuse', reply: expect.stringMatching(/^452 4\.2\.2 /) }],
    ['softbounced', 40, { kind: 'refuse' }],
    ['deferred', 1, { kind: 'refuse', reply: expect.stringMatching(/^451 /) }],
    ['deferred', 2, { kind: 'accept' }],
    ['deferred-3', 3, { kind: 'refuse' }],
    ['deferred-3', 4, { kind: 'accept' }],
    ['deferred-3+x', 4, { kind: 'accept' }],
    ['deferred-0', 1, { kind: 'accept' }],
    ['deferred-999999999', 60, { kind: 'refuse' }],
    ['deferred-999999999', 61, { kind: 'accept' }],
    ['greylisted', 1, { kind: 'refuse', reply: expect.stringMatching(/^450 4\.7\.1 /) }],
    ['greylisted', 2, { kind: 'accept' }],
    ['slow', 1, { kind: 'accept', delayMs: 5_000 }],
    ['slow-0', 1, { kind: 'accept', delayMs: 0 }],
    ['slow-12', 3, { kind: 'accept', delayMs: 12_000 }],
    ['slow-600', 1, { kind: 'accept', delayMs: 60_000 }],
    ['disconnect-data', 1, { kind: 'cut' }],
    ['disconnect-data', 2, { kind: 'accept' }],
    ['disconnect-data-2', 2, { kind: 'cut' }],
    ['tempfail-dns', 1, { kind: 'dns-fault' }],
    ['tempfail-dns-2', 3, { kind: 'accept' }],
    ['tls-fail', 1, { kind: 'tls-fault' }],
    ['complained', 1, { kind: 'accept', report: 'complaint' }],
    ['bounced-later', 1, { kind: 'accept', report: 'bounce' }],
    ['autoreply', 1, { kind: 'accept', report: 'autoreply' }],
    ['ooto', 1, { kind: 'accept', report: 'autoreply' }],
    ['suppressed', 1, { kind: 'suppressed' }],
    // Not understood, and told so.
    ['alice', 1, { kind: 'refuse', reply: expect.stringContaining('no such address') }],
    ['delivered-3', 1, { kind: 'refuse', reply: expect.stringContaining('no such address') }],
    ['bounced-3', 1, { kind: 'refuse', reply: expect.stringContaining('no such address') }],
    ['', 1, { kind: 'refuse' }],
    ['+tag', 1, { kind: 'refuse' }],
    ['constructor', 1, { kind: 'refuse' }],
  ])('%s@, attempt %d', (localPart, attempt, expected) => {
    expect(simulate(localPart, attempt)).toMatchObject(expected);
  });
});

test('the table in the documentation is this one', () => {
  const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
  const rows = SIMULATOR_SCRIPTS.map((script) => `| \`${script.name}${script.number ? '-N' : ''}@\` | ${script.summary} |`);
  expect(page.split('\n').filter((line) => /^\| `/.test(line))).toEqual(rows);
});
