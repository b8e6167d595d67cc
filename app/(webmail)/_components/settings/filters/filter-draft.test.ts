import { describe, expect, test } from 'vitest';
import { bodyOf, conditionsOf, draftOf, EMPTY_DRAFT } from './filter-draft.ts';

describe('a filter in the form', () => {
  test('there and back', () => {
    const filter = {
      id: 'f1', name: 'n', enabled: false,
      conditions: { from: 'a', to: 'b', subject: 'c', listId: 'd', hasAttachment: true as const, largerThanBytes: 1.5 * 1024 * 1024 },
      actions: { moveTo: 'x', label: 'l-y', markRead: true as const, star: true as const, neverSpam: true as const },
    };
    const { id, ...body } = filter;
    expect(bodyOf(draftOf(filter))).toEqual(body);
    expect(draftOf(filter).id).toBe(id);
  });
  test('is nothing without a condition, or without an action', () => {
    expect(bodyOf({ ...EMPTY_DRAFT, star: true })).toBeNull();
    expect(bodyOf({ ...EMPTY_DRAFT, from: ' ', star: true })).toBeNull();
    expect(bodyOf({ ...EMPTY_DRAFT, from: 'a' })).toBeNull();
  });
  test.each([
    ['1,5', 1_572_864],
    ['0', undefined],
    ['-1', undefined],
    ['much', undefined],
    ['99999', undefined],
  ])('larger than "%s" MB', (largerThanMb, bytes) => expect(conditionsOf({ ...EMPTY_DRAFT, from: 'a', largerThanMb })?.largerThanBytes).toBe(bytes));
});
