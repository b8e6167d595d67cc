import { describe, expect, test } from 'vitest';
import type { Lane } from '../enqueue-types.ts';
import { type CandidateQuestion, findCandidates } from './choose-egress.ts';
import { type EgressChoice, egressChooser, type EgressRoute } from './egress-chooser.ts';
import { assignmentKey, type EgressSnapshot, type SnapshotAddress, type SnapshotPool } from './egress-snapshot.ts';
import { beginWarmup, type WarmupState } from './warmup.ts';
import { type GrantStore, warmupGrants } from './warmup-grants.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const TODAY = '2026-03-10';
const warm = beginWarmup(TODAY, true);
const cold = beginWarmup(TODAY);

function address(id: string, changes: Partial<Omit<SnapshotAddress, 'warmup'>> & { google?: WarmupState } = {}): SnapshotAddress {
  const { google, ...rest } = changes;
  return {
    id, name: id, sourceAddress: `192.0.2.${id.charCodeAt(0)}`, ehloName: `${id}.eider.test`, status: 'active', pausedUntil: null, reason: null, schedule: null,
    warmup: new Map([['google', google ?? warm], ['other', warm]]),
    ...rest,
  };
}

function pool(id: string, members: (SnapshotAddress | [SnapshotAddress, number])[], changes: Partial<SnapshotPool> = {}): SnapshotPool {
  return {
    id, name: id, dedicatedTo: null, overflowPoolId: null,
    members: members.map((member) => (Array.isArray(member) ? { address: member[0], weight: member[1] } : { address: member, weight: 1 })),
    ...changes,
  };
}

function snapshot(pools: SnapshotPool[], assigned: [string | null, Lane | null, string][] = [[null, null, pools[0]!.id]]): EgressSnapshot {
  return {
    version: 1,
    pools: new Map(pools.map((entry) => [entry.id, entry])),
    assignments: new Map(assigned.map(([tenantId, lane, poolId]) => [assignmentKey(tenantId, lane), poolId])),
  };
}

const ask = (changes: Partial<CandidateQuestion> = {}): CandidateQuestion => ({
  tenantId: 't1', lane: 'transactional', provider: 'google', stickTo: 'm1', families: null, now: NOW, ...changes,
});

const names = (state: EgressSnapshot, changes: Partial<CandidateQuestion> = {}): string[] | string => {
  const found = findCandidates(state, ask(changes));
  return found.kind === 'own' ? 'own' : found.ordered.map((candidate) => candidate.name);
};

describe('whose mail goes out by which pool', () => {
  const pools = ['both', 'tenant', 'lane', 'all'].map((name) => pool(name, [address(name)]));
  const all: [string | null, Lane | null, string][] = [['t1', 'marketing', 'both'], ['t1', null, 'tenant'], [null, 'marketing', 'lane'], [null, null, 'all']];
  test.each([
    [all, 't1', 'marketing', ['both']],
    [all, 't1', 'transactional', ['tenant']],
    [all, 't2', 'marketing', ['lane']],
    [all, 't2', 'transactional', ['all']],
    [all.slice(1), 't1', 'marketing', ['tenant']],
    [all.slice(2, 3), 't1', 'transactional', 'own'],
    [[], 't1', 'marketing', 'own'],
  ] as const)('%j: %s %s', (assigned, tenantId, lane, expected) => {
    expect(names(snapshot(pools, [...assigned] as typeof all), { tenantId, lane })).toEqual(expected);
  });
});

describe('which addresses may', () => {
  const paused = (until: Date | null) => address('p', { status: 'paused', pausedUntil: until, reason: 'listed' });
  const resting: WarmupState = { ...cold, phase: 'paused', pausedUntil: '2026-03-12', reason: '3 of 100 were complained about.' };
  test.each([
    ['all that are active', [address('a'), address('b')], {}, ['a', 'b']],
    ['not one that is retired', [address('a', { status: 'retired' }), address('b')], {}, ['b']],
    ['not one that is paused', [paused(null), address('b')], {}, ['b']],
    ['not one that is paused for a while', [paused(new Date('2026-03-10T12:00:01Z')), address('b')], {}, ['b']],
    ['one whose pause is over, also before the scheduler says so', [paused(NOW), address('b')], {}, ['b', 'p']],
    ['not one whose rates paused it at the provider', [address('a', { google: resting }), address('b')], {}, ['b']],
    ['but that one at another provider', [address('a', { google: resting }), address('b')], { provider: 'other' }, ['a', 'b']],
    ['IPv6 only where the site has it', [address('a', { sourceAddress: '2001:db8::1' }), address('b')], { families: new Set([4]) }, ['b']],
    ['both where the site has both', [address('a', { sourceAddress: '2001:db8::1' }), address('b')], { families: new Set([4, 6]) }, ['a', 'b']],
    ['all where nothing is known of the site', [address('a', { sourceAddress: '2001:db8::1' }), address('b')], { families: null }, ['a', 'b']],
    ['an unbound one anywhere', [address('a', { sourceAddress: null })], { families: new Set([6]) }, ['a']],
  ] as const)('%s', (_name, members, changes, expected) => {
    expect([...names(snapshot([pool('main', [...members])]), changes)].sort()).toEqual(expected);
  });

  test('those of the overflow pools come last, once each, and a circle ends', () => {
    const shared = address('s');
    const state = snapshot([
      pool('one', [address('a'), shared], { overflowPoolId: 'two' }),
      pool('two', [address('c'), shared], { overflowPoolId: 'one' }),
    ]);
    const found = names(state) as string[];
    expect([...found.slice(0, 2)].sort()).toEqual(['a', 's']);
    expect(found.slice(2)).toEqual(['c']);
  });

  test('another tenant\'s own pool is never overflowed to', () => {
    const state = snapshot([pool('one', [address('a')], { overflowPoolId: 'two' }), pool('two', [address('c')], { dedicatedTo: 't2' })]);
    expect(names(state)).toEqual(['a']);
    expect(names(state, { tenantId: 't2' })).toEqual(['a', 'c']);
  });
});

describe('weights', () => {
  const members: [SnapshotAddress, number][] = [[address('a'), 1], [address('b'), 2], [address('c'), 5]];
  const firstOf = (state: EgressSnapshot, key: string): string => (names(state, { stickTo: key }) as string[])[0]!;
  const keys = Array.from({ length: 8_000 }, (_, index) => `message-${index}`);

  test('each gets its share of the messages', () => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(firstOf(snapshot([pool('main', members)]), key), (counts.get(firstOf(snapshot([pool('main', members)]), key)) ?? 0) + 1);
    expect(counts.get('a')! / 1_000).toBeCloseTo(1, 0);
    expect(counts.get('b')! / 2_000).toBeCloseTo(1, 0);
    expect(counts.get('c')! / 5_000).toBeCloseTo(1, 0);
  });

  test('a message keeps its address; one that leaves moves only its own', () => {
    const before = snapshot([pool('main', members)]);
    const after = snapshot([pool('main', members.slice(0, 2))]);
    for (const key of keys.slice(0, 500)) {
      expect(firstOf(before, key)).toBe(firstOf(before, key));
      if (firstOf(before, key) !== 'c') expect(firstOf(after, key)).toBe(firstOf(before, key));
    }
  });
});

describe('the chooser', () => {
  const google: EgressRoute = { key: 'mx g', hosts: ['aspmx.l.google.com'], local: false, targets: () => Promise.reject(new Error('not asked')) };
  /** Grants of one cap, as the database would, with a count of statements. */
  function caps(left: number): GrantStore & { asked: number; returned: number } {
    return {
      asked: 0,
      returned: 0,
      request({ count }) {
        this.asked++;
        const granted = Math.min(left, Math.max(count, 10));
        left -= granted;
        return Promise.resolve({ granted, msLeft: 3_600_000 });
      },
      giveBack(rows) {
        this.returned += rows.reduce((sum, row) => sum + row.count, 0);
        return Promise.resolve();
      },
    };
  }
  const chooserOf = (state: EgressSnapshot, store: GrantStore) => egressChooser(() => state, warmupGrants(store), 'mail.eider.test', () => NOW);
  const request = (queueId: string, count = 1) => ({ tenantId: 't1', lane: 'transactional' as const, queueId, route: google, count });
  const nameOf = (choice: EgressChoice) => (choice.kind === 'egress' ? `${choice.egress.id} ${choice.count}` : 'wait');

  test('nothing assigned, or mail that stays here: the installation\'s own, and no statement', async () => {
    const store = caps(0);
    const none = await chooserOf(snapshot([pool('main', [address('a')])], []), store).choose(request('m'));
    const local = await chooserOf(snapshot([pool('main', [address('a')])]), store).choose({ ...request('m'), route: { ...google, local: true } });
    expect([none, local]).toMatchObject([{ egress: { id: 'default', ehloName: 'mail.eider.test' } }, { egress: { id: 'default' } }]);
    expect(store.asked).toBe(0);
  });

  test('a warming address takes its cap and not one more, in few statements; the rest goes out by a warm one', async () => {
    const store = caps(25);
    const chooser = chooserOf(snapshot([pool('main', [address('a', { google: cold })], { overflowPoolId: 'warm' }), pool('warm', [address('w')])]), store);
    const choices = await Promise.all(Array.from({ length: 60 }, (_, index) => chooser.choose(request(`m${index}`))));
    const counts = Object.groupBy(choices, (choice) => (choice.kind === 'egress' ? choice.egress.id : 'wait'));
    expect(counts['a']).toHaveLength(25);
    expect(counts['w']).toHaveLength(35);
    expect(store.asked).toBeLessThanOrEqual(5);
  });

  test('a message to more recipients than are left is split', async () => {
    const chooser = chooserOf(snapshot([pool('main', [address('a', { google: cold })])]), caps(30));
    expect([nameOf(await chooser.choose(request('m', 100))), nameOf(await chooser.choose(request('m', 70)))]).toEqual(['a 30', 'wait']);
  });

  test('used up: waits, with a sentence that says what for and until when', async () => {
    const store = caps(0);
    const state = snapshot([pool('main', [address('a', { google: cold }), address('b', { status: 'paused', reason: 'listed' })])]);
    // At noon there is more to come, in the evening not.
    const noon = egressChooser(() => state, warmupGrants(caps(0)), 'mail.eider.test', () => new Date('2026-03-10T12:00:00Z'));
    expect(await noon.choose(request('m'))).toMatchObject({
      kind: 'wait', reason: expect.stringContaining("a has sent the 30 of today's 50 that are open so far to google (warm-up, stage 1)"), until: new Date('2026-03-10T12:12:01Z'),
    });
    const chooser = egressChooser(() => state, warmupGrants(store), 'mail.eider.test', () => new Date('2026-03-10T22:00:00Z'));
    expect(chooser.room('t1', 'transactional', google)).toMatchObject({ count: 50 });
    expect(await chooser.choose(request('m'))).toEqual({
      kind: 'wait',
      reason: "Waits for an address of pool main, not before 2026-03-11T00:00:00.000Z: a has sent today's 50 to google (warm-up, stage 1); b is paused (listed).",
      until: new Date('2026-03-11T00:00:00Z'),
    });
    expect(chooser.room('t1', 'transactional', google)).toMatchObject({ count: 0, reason: expect.stringContaining("today's 50 to google") });
    await chooser.choose(request('m2'));
    expect(store.asked).toBe(1);
  });

  test('what was not begun may go to another message, and at the end goes back', async () => {
    const store = caps(10);
    const chooser = chooserOf(snapshot([pool('main', [address('a', { google: cold })])]), store);
    const choice = await chooser.choose(request('m', 10));
    chooser.giveBack(choice as EgressChoice & { kind: 'egress' });
    expect(nameOf(await chooser.choose(request('m2', 4)))).toBe('a 4');
    await chooser.close();
    expect(store).toMatchObject({ asked: 1, returned: 6 });
  });
});
