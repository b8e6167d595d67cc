import { describe, expect, test } from 'vitest';
import { judge, percent, REPUTATION_RULES, type ReputationCounts, type ReputationScope } from './reputation-rules.ts';
import { slowdownFor } from './slowdown.ts';

const counts = (changes: Partial<ReputationCounts>): ReputationCounts => ({ accepted: 0, delivered: 0, deferred: 0, bounced: 0, complained: 0, ...changes });

describe('levels', () => {
  test.each<[string, ReputationScope, Partial<ReputationCounts>, string | null]>([
    ['nothing sent', 'tenant', {}, null],
    ['4 % bounced', 'tenant', { delivered: 960, bounced: 40 }, null],
    ['just 5 %', 'tenant', { delivered: 950, bounced: 50 }, null],
    ['more than 5 %', 'tenant', { delivered: 949, bounced: 51 }, 'warn'],
    ['8 %', 'tenant', { delivered: 920, bounced: 80 }, 'slow'],
    ['more than 10 %', 'tenant', { delivered: 899, bounced: 101 }, 'pause'],
    ['half of a handful', 'tenant', { delivered: 5, bounced: 5 }, null],
    ['half of a hundred: warned and slowed by the volume rules alone', 'tenant', { delivered: 50, bounced: 50 }, 'warn'],
    ['half of three hundred', 'domain', { delivered: 150, bounced: 150 }, 'slow'],
    ['0.15 % complained', 'tenant', { delivered: 4_000, complained: 6 }, 'warn'],
    ['0.25 %', 'domain', { delivered: 4_000, complained: 10 }, 'slow'],
    ['0.4 %', 'tenant', { delivered: 4_000, complained: 16 }, 'pause'],
    ['one complaint of few', 'tenant', { delivered: 300, complained: 1 }, null],
    ['an egress address is never paused', 'egress', { delivered: 1_000, bounced: 1_000 }, 'slow'],
    ['an egress address put off', 'egress', { delivered: 400, deferred: 600 }, 'slow'],
    ['a tenant put off', 'tenant', { delivered: 400, deferred: 600 }, null],
  ])('%s', (_name, scope, changes, level) => expect(judge(REPUTATION_RULES, scope, () => counts(changes))?.level ?? null).toBe(level));

  test('each rule looks at its own window, and the reason says what was seen', () => {
    const finding = judge(REPUTATION_RULES, 'tenant', (hours) => counts(hours === 24 ? { delivered: 880, bounced: 120 } : { delivered: 9_880, bounced: 120 }));
    expect(finding).toEqual({ level: 'pause', reason: 'bounce rate 12 % (120 of 1000) in 24 h, above 10 %' });
  });

  test.each([[0.001, '0.1 %'], [0.0025, '0.25 %'], [0.12345, '12.3 %'], [0, '0 %'], [1, '100 %']])('%f is %s', (rate, text) => expect(percent(rate)).toBe(text));
});

describe('slowdown', () => {
  const states = [
    { scope: 'tenant' as const, tenantId: 't1', key: '', level: 'slow' as const, reason: 'bounces' },
    { scope: 'domain' as const, tenantId: 't2', key: 'news.example', level: 'pause' as const, reason: 'complaints' },
    { scope: 'egress' as const, tenantId: 'none', key: 'out-1', level: 'slow' as const, reason: 'deferrals' },
    { scope: 'lane' as const, tenantId: 't4', key: 'marketing', level: 'slow' as const, reason: 'complaints' },
    { scope: 'tenant' as const, tenantId: 't3', key: '', level: 'warn' as const, reason: 'some bounces' },
  ];
  test.each<[string, Parameters<typeof slowdownFor>[1], number, string | null]>([
    ['of a slow tenant', { tenantId: 't1' }, 0.25, 'tenant: bounces'],
    ['of a held domain', { tenantId: 't2', domain: 'News.example', egress: 'out-1' }, 0, 'news.example: complaints'],
    ["of another tenant's domain of that name", { tenantId: 't1', domain: 'other.example' }, 0.25, 'tenant: bounces'],
    ['of a slow egress address', { tenantId: 't9', egress: 'out-1' }, 0.25, 'out-1: deferrals'],
    ['of a slow lane', { tenantId: 't4', lane: 'marketing' as const }, 0.25, 'marketing: complaints'],
    ['of its other lane', { tenantId: 't4', lane: 'transactional' as const }, 1, null],
    ['of a tenant that was only warned', { tenantId: 't3' }, 1, null],
    ['of nobody', { tenantId: 't9', domain: 'x.example', egress: 'out-2' }, 1, null],
  ])('%s', (_name, subject, factor, reason) => expect(slowdownFor(states, subject)).toEqual({ factor, reason }));
});
