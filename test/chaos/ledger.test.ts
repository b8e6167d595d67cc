import { describe, expect, test } from 'vitest';
import { type Copy, judge, type Verdict } from './ledger.ts';

const copy = (id: string, changes: Partial<Copy> = {}): Copy => ({ id, atMs: 0, withheld: false, replyRead: true, ...changes });
const fine: Verdict = { accepted: 1, arrived: 1, lost: [], inexcusable: [], excused: { withheld: 0, cut: 0 }, unconfirmed: 0 };

describe('the books compared', () => {
  test.each<[string, string[], Copy[], Partial<Verdict>]>([
    ['all well', ['a'], [copy('a')], {}],
    ['one is missing', ['a', 'b'], [copy('a')], { accepted: 2, lost: ['b'] }],
    ['twice, the first reply never given', ['a'], [copy('a', { withheld: true, replyRead: false }), copy('a')], { excused: { withheld: 1, cut: 0 } }],
    ['twice, the first reply never read', ['a'], [copy('a', { replyRead: false }), copy('a')], { excused: { withheld: 0, cut: 1 } }],
    ['twice, the first reply read', ['a'], [copy('a'), copy('a')], { inexcusable: ['a'] }],
    ['three times, the second reply read', ['a'], [copy('a', { replyRead: false }), copy('a'), copy('a')], { inexcusable: ['a'] }],
    ['more than was confirmed', ['a'], [copy('a'), copy('b')], { arrived: 2, unconfirmed: 1 }],
  ])('%s', (_name, accepted, copies, expected) => {
    expect(judge(new Set(accepted), copies)).toEqual({ ...fine, ...expected });
  });
});
