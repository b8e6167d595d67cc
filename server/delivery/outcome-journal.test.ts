import { execFileSync, spawn } from 'node:child_process';
import type * as NodeFs from 'node:fs';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClaimedDelivery } from './claim.store.ts';
import { ownIdentity, ownerState } from './journal-owner.ts';
import { SEGMENT_BYTES } from './journal-segments.ts';
import { readLeftJournals } from './left-journals.ts';
import { openOutcomeJournal } from './outcome-journal.ts';
import type { DeliveryOutcome, Outcome } from './outcome.ts';

/** A file system that can be told to be full; otherwise the real one. (test/chaos fills a real one.) */
const disk = vi.hoisted(() => ({ full: false, room: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof NodeFs>();
  return {
    ...fs,
    writeSync(...args: Parameters<typeof fs.writeSync>) {
      if (disk.full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      const [fd, text, at] = args;
      if (typeof text !== 'string' || text.length <= disk.room) return fs.writeSync(...args);
      return fs.writeSync(fd, text.slice(0, disk.room), at as number);
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const delivery = (recipientNo: number, leaseToken = 'token'): ClaimedDelivery => ({
  queueId: '01a2012b-e34f-7449-aeca-0779249e1be9', recipientNo, tenantId: 't', lane: 'transactional', recipient: `r${recipientNo}@d.example`,
  domain: 'd.example', notify: null, orcpt: null, size: 1, attempts: 1, lastChance: false, suppressed: false, leaseToken,
});
const outcome = (recipientNo: number, kind: 'delivered' | 'deferred', padding = ''): DeliveryOutcome => ({
  delivery: delivery(recipientNo),
  outcome: (kind === 'delivered'
    ? { kind, facts: { reply: `250 ok ${padding}` }, relayReceipt: false }
    : { kind, category: 'greylisted', reason: 'x', facts: {}, retryAfterMs: 1 }) as Outcome,
});
const row = (recipientNo: number) => ({ leaseToken: 'token', queueId: delivery(0).queueId, recipientNo });
/** As if the writing process had died: no process has this id. */
const die = (place = ownIdentity().split('-')[0]!) =>
  readdirSync(folder).sort().forEach((name, i) => renameSync(join(folder, name), join(folder, `${place}-4194305-1-${i}.jsonl`)));

/** The file that something stands in. */
const usedFile = (): string => readdirSync(folder).map((name) => join(folder, name)).find((path) => readFileSync(path)[0] !== 0)!;
/** A line that a kill or a fault cut short. */
function tear(path: string, text: string): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, text, readFileSync(path).indexOf(0));
  closeSync(fd);
}

test('what was delivered is found by the next process, without a torn last line; then it is gone', () => {
  const journal = openOutcomeJournal(folder);
  journal.record([outcome(0, 'delivered'), outcome(1, 'deferred')]);
  journal.record([outcome(2, 'delivered')]);
  expect(readLeftJournals(folder)).toBeNull();
  die();
  tear(usedFile(), '{"delivery":{"queueId":"01');
  const left = readLeftJournals(folder)!;
  expect(left.outcomes).toEqual([outcome(0, 'delivered'), outcome(2, 'delivered')]);
  left.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test('what had begun and has no outcome is told apart from what was only claimed', () => {
  const journal = openOutcomeJournal(folder);
  journal.claiming('token');
  journal.begun([delivery(0), delivery(1)]);
  journal.begun([delivery(2)]);
  journal.begun([delivery(3)]);
  journal.record([outcome(0, 'delivered')]);
  journal.forget([delivery(2), delivery(9)]);
  die();
  expect(readLeftJournals(folder)).toMatchObject({ outcomes: [outcome(0, 'delivered')], claims: ['token'], begun: [row(1), row(3)] });
});

test('stays small: full files go when all that is in them is stored; what is under way goes along', () => {
  const journal = openOutcomeJournal(folder);
  const padding = 'x'.repeat(100_000);
  journal.claiming('token');
  journal.begun([delivery(1_000)]);
  for (let i = 0; i < 100; i++) journal.record([outcome(i, 'delivered', padding)]);
  // Two full, the one in use, one kept ready.
  expect(readdirSync(folder).length).toBe(4);
  journal.stored(40);
  expect(readdirSync(folder).length).toBe(4);
  journal.stored(60);
  expect(readdirSync(folder).length).toBe(2);
  die();
  expect(readLeftJournals(folder)).toMatchObject({ claims: ['token'], begun: [row(1_000)] });
});

test('its room on disk is its own from the start, however much is written', () => {
  const journal = openOutcomeJournal(folder);
  const allocated = () => readdirSync(folder).map((name) => statSync(join(folder, name)).blocks * 512);
  expect(allocated()).toEqual([SEGMENT_BYTES, SEGMENT_BYTES]);
  const padding = 'x'.repeat(100_000);
  for (let i = 0; i < 200; i++) {
    journal.record([outcome(i, 'delivered', padding)]);
    // The database is a little behind, as ever.
    if (i >= 5) journal.stored(1);
  }
  expect(allocated()).toEqual([SEGMENT_BYTES, SEGMENT_BYTES]);
  die();
  expect(readLeftJournals(folder)!.outcomes.slice(-5)).toEqual([195, 196, 197, 198, 199].map((i) => outcome(i, 'delivered', padding)));
});

test('begun on a full disk, it says so, and has its room again when the disk has', () => {
  const faults: string[] = [];
  disk.full = true;
  const journal = openOutcomeJournal(folder, (error) => faults.push(error.message));
  journal.record([outcome(0, 'delivered')]);
  disk.full = false;
  expect(faults).toHaveLength(1);
  journal.record([outcome(1, 'delivered')]);
  die();
  expect(readLeftJournals(folder)!.outcomes).toEqual([outcome(1, 'delivered')]);
});

test('a clean stop leaves nothing', () => {
  const journal = openOutcomeJournal(folder);
  journal.record([outcome(0, 'delivered')]);
  journal.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('the same process id is another process when it began at another time', async () => {
  const child = spawn('sleep', ['60']);
  const stat = execFileSync('cat', [`/proc/${child.pid}/stat`], { encoding: 'utf8' }).split(') ')[1]!.split(' ');
  const place = ownIdentity().split('-')[0]!;
  const name = `${place}-${child.pid}-${stat[19]}-0.jsonl`;
  expect(ownerState(name)).toBe('alive');
  expect(ownerState(`${place}-${child.pid}-1-0.jsonl`)).toBe('dead');
  // In a container the new worker may have the very id of the dead one.
  expect(ownerState(`${place}-${process.pid}-1-0.jsonl`)).toBe('dead');
  expect(ownerState(`${ownIdentity()}-0.jsonl`)).toBe('alive');
  await new Promise((resolve) => child.once('exit', resolve).kill('SIGKILL'));
  expect(ownerState(name)).toBe('dead');
});

test('of another container that shares the folder, only what is old is taken, and never its claims', () => {
  const journal = openOutcomeJournal(folder);
  journal.claiming('token');
  journal.record([outcome(0, 'delivered')]);
  die('0123456789ab');
  expect(readLeftJournals(folder)).toBeNull();
  utimesSync(join(folder, readdirSync(folder)[0]!), 0, 0);
  expect(readLeftJournals(folder)).toMatchObject({ outcomes: [outcome(0, 'delivered')], claims: [], begun: [] });
});

test('a disk without room is told once, stops nothing, and spoils no later line', () => {
  const faults: string[] = [];
  const journal = openOutcomeJournal(folder, (error) => faults.push(error.message));
  journal.record([outcome(0, 'delivered')]);
  disk.room = 20;
  journal.record([outcome(1, 'delivered')]);
  disk.room = Number.POSITIVE_INFINITY;
  disk.full = true;
  journal.claiming('a');
  journal.record([outcome(1, 'delivered')]);
  disk.full = false;
  expect(faults).toEqual([expect.stringContaining('no room')]);
  journal.record([outcome(2, 'delivered')]);
  die();
  expect(readLeftJournals(folder)!.outcomes).toEqual([outcome(0, 'delivered'), outcome(2, 'delivered')]);
});
