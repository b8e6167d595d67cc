import { describe, expect, test } from 'vitest';
import { suspensionMatch } from './suspension-match.ts';
import type { Suspension, SuspensionScope } from './suspension.store.ts';

const stop = (scope: SuspensionScope, match: string): Suspension => ({
  id: `${scope} ${match}`, scope, match, reason: 'r', until: null, createdBy: 'op', createdAt: new Date(0),
});
const delivery = { lane: 'marketing' as const, tenantId: 't1', domain: 'example.com', sender: 'Own.example', hosts: ['mx1.provider.example', 'mx2.provider.example'] };

describe('suspensionMatch', () => {
  test.each<[SuspensionScope, string, boolean]>([
    ['lane', 'marketing', true],
    ['lane', 'transactional', false],
    ['tenant', 't1', true],
    ['tenant', 't2', false],
    ['tenant-lane', 't1 marketing', true],
    ['tenant-lane', 't1 transactional', false],
    ['tenant-lane', 't2 marketing', false],
    ['sender-domain', 't1 own.example', true],
    ['sender-domain', 't1 other.example', false],
    ['domain', 'example.com', true],
    ['domain', 'mx1.provider.example', false],
    ['mx', 'mx2.provider.example', true],
    ['mx', '.provider.example', true],
    ['mx', 'provider.example', false],
    ['mx', 'example.com', false],
  ])('%s %s: %s', (scope, match, stopped) => {
    expect(suspensionMatch([stop(scope, match)]).find(delivery)?.id ?? null).toBe(stopped ? `${scope} ${match}` : null);
  });

  test('the widest scope is named first', () => {
    const found = suspensionMatch([stop('mx', '.provider.example'), stop('lane', 'marketing'), stop('tenant', 't1')]).find(delivery);
    expect(found?.scope).toBe('lane');
  });
});
