import { describe, expect, test } from 'vitest';
import { PROVIDER_GROUPS } from '../provider-group.ts';
import { addDays, beginWarmup, capOf, type DayCounts, judge, stepWarmup, utcDay, type WarmupState } from './warmup.ts';
import { capsFor, DEFAULT_CAPS, DEFAULT_WARMUP_POLICY, HEALTH_LIMITS, parseSchedule, type WarmupCaps } from './warmup-schedule.ts';

const FIRST = '2026-03-01';

interface Traffic {
  /** Recipients that want to go on a day, counted from 0. */
  demand(day: number): number;
  /** Shares of what is sent. */
  bounced?(day: number): number;
  complained?(day: number): number;
  throttled?(day: number): number;
}

interface SimulatedDay {
  day: string;
  cap: number | null;
  sent: number;
  decision: string;
  state: WarmupState;
}

const ASKED_A_DAY = 6;

/** Lives through days, asking every few hours, with the state through JSON each time: as it survives a restart. */
function simulate(traffic: Traffic, dayCount: number, caps: WarmupCaps = DEFAULT_CAPS): SimulatedDay[] {
  let state = beginWarmup(FIRST);
  const counts: DayCounts[] = [];
  const result: SimulatedDay[] = [];
  for (let number = 0; number < dayCount; number++) {
    const day = addDays(FIRST, number);
    const today: DayCounts = { day, sent: 0, delivered: 0, bounced: 0, throttled: 0, complained: 0 };
    counts.push(today);
    const decisions: string[] = [];
    const ask = (): void => {
      const step = stepWarmup(JSON.parse(JSON.stringify(state)) as WarmupState, counts, day, caps, DEFAULT_WARMUP_POLICY);
      state = step.state;
      if (step.decision !== 'none') decisions.push(step.decision);
    };
    ask();
    const cap = capOf(state, caps);
    for (let time = 1; time <= ASKED_A_DAY; time++) {
      const wanted = Math.round((traffic.demand(number) * time) / ASKED_A_DAY);
      today.sent = Math.max(today.sent, Math.min(wanted, capOf(state, caps) ?? wanted));
      today.bounced = Math.floor(today.sent * (traffic.bounced?.(number) ?? 0.005));
      today.throttled = Math.floor(today.sent * (traffic.throttled?.(number) ?? 0.01));
      today.delivered = today.sent - today.bounced - today.throttled;
      today.complained = Math.floor(today.sent * (traffic.complained?.(number) ?? 0.0002));
      ask();
    }
    result.push({ day, cap, sent: today.sent, decision: decisions.join(' '), state });
  }
  return result;
}

const plenty = (): number => 2_000_000;
const at = (value: number, ...days: number[]) => (day: number): number => (days.includes(day) ? value : 0);

describe('simulated weeks', () => {
  test('healthy: a stage a day, every cap kept, warm after thirty days', () => {
    const days = simulate({ demand: plenty }, 32);
    expect(days.slice(0, 30).map((day) => day.cap)).toEqual([...DEFAULT_CAPS]);
    expect(days.every((day) => day.cap === null || day.sent <= day.cap)).toBe(true);
    expect(days[30]).toMatchObject({ cap: null, decision: 'finish', sent: 2_000_000 });
    expect(days.slice(1, 30).every((day) => day.decision === 'grow')).toBe(true);
  });

  test('low volume: stays where the traffic is, and asks for no more', () => {
    const days = simulate({ demand: () => 180 }, 21);
    // 200 is the first cap of which 180 is enough to go on, and 300; 400 is not half used.
    expect(days.at(-1)).toMatchObject({ cap: 400, sent: 180 });
    expect(days.at(-1)!.state.reason).toBe('Only 180 of 400 were used.');
  });

  test('a complaint spike: paused within the day, back two stages, then growing again', () => {
    const days = simulate({ demand: plenty, complained: at(0.01, 9) }, 16);
    expect(days[9]).toMatchObject({ cap: 1_500, decision: 'grow pause' });
    expect(days[9]!.sent).toBeLessThanOrEqual(1_500);
    expect(days[9]!.state.reason).toMatch(/were complained about \(.* %\)\. Paused until 2026-03-12\./);
    expect(days[10]).toMatchObject({ cap: 0, sent: 0 });
    expect(days.slice(11, 14).map((day) => [day.cap, day.decision])).toEqual([[800, 'resume'], [1_000, 'grow'], [1_500, 'grow']]);
  });

  test('complaints that never end: pauses of 1, 2, 4 and then 7 days, down to the first stage', () => {
    const days = simulate({ demand: plenty, complained: (day) => (day >= 14 ? 0.06 : 0) }, 45);
    const pauses = days.filter((day) => day.decision.includes('pause')).map((day) => day.state);
    expect(pauses.map((state) => daysBetween(state.lastPauseOn!, state.pausedUntil!) - 1)).toEqual([1, 2, 4, 7, 7, 7].slice(0, pauses.length));
    expect(pauses.length).toBeGreaterThanOrEqual(4);
    expect(pauses.map((state) => state.stage).every((stage, index, all) => index === 0 || stage <= all[index - 1]!)).toBe(true);
  });

  test.each([
    // Hold: no growth, nothing lost.
    ['bounced', 0.035, 'stay', 1_500],
    ['throttled', 0.15, 'stay', 1_500],
    ['complained', 0.0014, 'stay', 1_500],
    // Back a stage a day, for as long as the days before were bad.
    ['bounced', 0.06, 'back', 1_000],
    ['throttled', 0.3, 'back', 1_000],
  ] as const)('%s at %d for three days: %s', (measure, rate, decision, cap) => {
    const days = simulate({ demand: plenty, [measure]: (day: number) => (day >= 9 && day <= 11 ? rate : 0) }, 12);
    const worst = days.find((day) => day.decision === decision)!;
    expect(worst).toBeDefined();
    expect(worst.cap).toBe(decision === 'stay' ? (days[days.indexOf(worst) - 1]!.cap) : cap);
    expect(worst.cap).toBeLessThanOrEqual(2_000);
  });

  test('hold ends when the window is clean again', () => {
    const days = simulate({ demand: plenty, throttled: (day) => (day === 9 ? 0.18 : 0) }, 20);
    const kinds = days.map((day) => day.decision);
    expect(kinds[10]).toBe('stay');
    expect(kinds.slice(13)).toEqual(kinds.slice(13).map(() => 'grow'));
  });

  test('nothing sent for a month: half of the stages are gone, once', () => {
    const days = simulate({ demand: (day) => (day < 10 ? 100_000 : 0) }, 45);
    const backs = days.filter((day) => day.decision === 'back');
    expect(backs.map((day) => day.cap)).toEqual([DEFAULT_CAPS[5]]);
  });

  test('a warmed address that goes bad is paused and comes back with a cap', () => {
    const days = simulate({ demand: plenty, bounced: at(0.2, 33) }, 37);
    expect(days[33]!.decision).toBe('pause');
    expect(days[34]!.sent).toBe(0);
    expect(days[35]).toMatchObject({ decision: 'resume', cap: DEFAULT_CAPS[28] });
  });

  test('an operator\'s own schedule is walked to its end', () => {
    const days = simulate({ demand: plenty }, 4, [10, 20, 40]);
    expect(days.map((day) => day.cap)).toEqual([10, 20, 40, null]);
  });

  test('small numbers are no rate: one complaint of fifty changes nothing', () => {
    const days = simulate({ demand: () => 50, complained: at(0.02, 0) }, 2);
    expect(days[1]).toMatchObject({ decision: 'grow', cap: 100 });
  });
});

describe('time', () => {
  const used: DayCounts = { day: FIRST, sent: 50, delivered: 50, bounced: 0, throttled: 0, complained: 0 };
  const step = (state: WarmupState, today: string, days = [used]) => stepWarmup(state, days, today, DEFAULT_CAPS, DEFAULT_WARMUP_POLICY);

  test.each([
    ['2026-03-01T23:59:59.999Z', '2026-03-01'],
    ['2026-03-02T00:00:00.000Z', '2026-03-02'],
    // Everywhere else it is another day; the day is UTC's.
    ['2026-03-02T00:30:00+09:00', '2026-03-01'],
    ['2026-03-01T20:00:00-05:00', '2026-03-02'],
    // The night in which summer time begins in Europe has 24 hours, too.
    ['2026-03-29T01:30:00Z', '2026-03-29'],
  ])('%s is %s', (moment, day) => {
    expect(utcDay(new Date(moment))).toBe(day);
  });

  test.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-03-28', 3, '2026-03-31'],
  ])('%s and %d days: %s', (day, count, expected) => {
    expect(addDays(day, count)).toBe(expected);
  });

  test('a day is rolled once, however often it is asked', () => {
    const first = step(beginWarmup(FIRST), '2026-03-02');
    expect(first).toMatchObject({ decision: 'grow', state: { stage: 1 } });
    expect(step(first.state, '2026-03-02')).toEqual({ state: first.state, decision: 'none', reason: '' });
  });

  test('a clock that was set back rolls nothing, and the day that comes again is not counted twice', () => {
    const { state } = step(beginWarmup(FIRST), '2026-03-02');
    expect(step(state, '2026-03-01').decision).toBe('none');
    expect(step(state, '2026-03-02').decision).toBe('none');
  });

  test('after days without a scheduler one step is made, not one for each', () => {
    const days = [FIRST, '2026-03-02', '2026-03-03', '2026-03-04'].map((day) => ({ ...used, day }));
    expect(step(beginWarmup(FIRST), '2026-03-05', days)).toMatchObject({ decision: 'grow', state: { stage: 1, rolledTo: '2026-03-05' } });
  });

  test('a pause is over on its day and not before, also when nobody asked in between', () => {
    const paused: WarmupState = { ...beginWarmup(FIRST), phase: 'paused', stage: 3, pausedUntil: '2026-03-04', rolledTo: '2026-03-02' };
    expect(step(paused, '2026-03-03').decision).toBe('none');
    expect(step(paused, '2026-03-20')).toMatchObject({ decision: 'resume', state: { phase: 'warming', stage: 3, measuredFrom: '2026-03-20' } });
  });
});

describe('health', () => {
  const day = (changes: Partial<DayCounts>): DayCounts => ({ day: FIRST, sent: 1_000, delivered: 1_000, bounced: 0, throttled: 0, complained: 0, ...changes });
  test.each([
    [{}, 'healthy'],
    [{ complained: 1, sent: 10, delivered: 10 }, 'healthy'],
    [{ complained: 2, sent: 2_000, delivered: 2_000 }, 'hold'],
    [{ complained: 2 }, 'back'],
    [{ complained: 3 }, 'pause'],
    [{ bounced: 29 }, 'healthy'],
    [{ bounced: 30 }, 'hold'],
    [{ bounced: 50 }, 'back'],
    [{ bounced: 100 }, 'pause'],
    [{ bounced: 4, sent: 4, delivered: 0 }, 'healthy'],
    [{ throttled: 100 }, 'hold'],
    [{ throttled: 200 }, 'back'],
    [{ throttled: 500 }, 'pause'],
    [{ throttled: 100, bounced: 100 }, 'pause'],
    // Late complaints, after nothing more was delivered.
    [{ complained: 5, sent: 0, delivered: 0 }, 'pause'],
  ])('%j: %s', (changes, level) => {
    expect(judge([day(changes)], HEALTH_LIMITS).level).toBe(level);
  });
});

describe('schedules', () => {
  test('every provider has caps that rise', () => {
    for (const provider of PROVIDER_GROUPS) {
      const caps = capsFor(null, provider);
      expect(caps).toHaveLength(30);
      expect(caps.every((cap, stage) => cap >= 1 && (stage === 0 || cap > caps[stage - 1]!)), provider).toBe(true);
    }
  });
  test('an operator\'s own goes before the default, a provider\'s before the others\'', () => {
    expect(capsFor({ '*': [7], google: [8] }, 'google')).toEqual([8]);
    expect(capsFor({ '*': [7], google: [8] }, 'yahoo')).toEqual([7]);
    expect(capsFor({ google: [8] }, 'yahoo')).toEqual(capsFor(null, 'yahoo'));
  });
  test.each([
    [['50,100'], { '*': [50, 100] }],
    [['google=50, 100', 'other=9'], { google: [50, 100], other: [9] }],
    [['example=1'], null],
    [['50,x'], null],
    [['50,'], null],
    [['0'], null],
    [['1.5'], null],
    [['100,50'], null],
    [[''], null],
  ])('%j', (entries, schedule) => {
    const parsed = parseSchedule(entries);
    expect(parsed.kind === 'schedule' ? parsed.schedule : null).toEqual(schedule);
  });
});

function daysBetween(first: string, last: string): number {
  let count = 0;
  for (let day = first; day < last; day = addDays(day, 1)) count++;
  return count;
}
