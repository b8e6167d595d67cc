import { appendFileSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOutcomeJournal, readLeftJournals } from './outcome-journal.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const outcome = (recipient: string, kind: 'delivered' | 'deferred', padding = ''): DeliveryOutcome => ({
  delivery: {
    queueId: '01a2012b-e34f-7449-aeca-0779249e1be9', recipientNo: 0, tenantId: 't', lane: 'transactional', recipient, domain: 'd.example', notify: null,
    orcpt: null, size: 1, attempts: 1, lastChance: false, suppressed: false, leaseToken: 'token',
  },
  outcome: (kind === 'delivered'
    ? { kind, facts: { reply: `250 ok ${padding}` }, relayReceipt: false }
    : { kind, category: 'greylisted', reason: 'x', facts: {}, retryAfterMs: 1 }) as Outcome,
});
/** As if the writing process had died: no process has this id. */
const die = () => readdirSync(folder).forEach((name, i) => renameSync(join(folder, name), join(folder, `4194305-${i}-0.jsonl`)));

test('what was delivered is found by the next process, without a torn last line; then it is gone', () => {
  const journal = openOutcomeJournal(folder);
  journal.record([outcome('a@d.example', 'delivered'), outcome('b@d.example', 'deferred')]);
  journal.record([outcome('c@d.example', 'delivered')]);
  expect(readLeftJournals(folder).outcomes).toEqual([]);
  die();
  appendFileSync(join(folder, readdirSync(folder)[0]!), '{"delivery":{"queueId":"01');
  const left = readLeftJournals(folder);
  expect(left.outcomes).toEqual([outcome('a@d.example', 'delivered'), outcome('c@d.example', 'delivered')]);
  left.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test('stays small: full files go when all that is in them is stored', () => {
  const journal = openOutcomeJournal(folder);
  const padding = 'x'.repeat(100_000);
  for (let i = 0; i < 100; i++) journal.record([outcome(`r${i}@d.example`, 'delivered', padding)]);
  expect(readdirSync(folder).length).toBe(3);
  journal.stored(41);
  expect(readdirSync(folder).length).toBe(3);
  journal.stored(59);
  expect(readdirSync(folder).length).toBe(1);
  journal.close();
  expect(readdirSync(folder)).toEqual([]);
});
