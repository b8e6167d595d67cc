// Which messages share keys, and which do not.
import { describe, expect, test } from 'vitest';
import { baseSubject, conversationIdFor, threadKeys } from './thread.ts';

describe('base subject', () => {
  test.each([
    ['Lunch', 'lunch', false],
    ['Re: Lunch', 'lunch', true],
    ['RE: re: Fwd: Lunch', 'lunch', true],
    ['Re[2]: Lunch', 'lunch', true],
    ['AW: WG: Lunch', 'lunch', true],
    ['SV: Antw: Lunch', 'lunch', true],
    ['回复：发票', '发票', true],
    ['[list] Re: [list] Lunch', 'lunch', true],
    ['Lunch (fwd)', 'lunch', false],
    ['  Re:\tLunch   at  noon ', 'lunch at noon', true],
    ['[only a tag]', '[only a tag]', false],
    ['Report: results', 'report: results', false],
    ['Regarding lunch', 'regarding lunch', false],
    ['Re:', '', true],
    ['', '', false],
  ])('%s', (subject, text, isReply) => {
    expect(baseSubject(subject)).toEqual({ text, isReply });
  });

  test('a subject of prefixes alone ends', () => {
    expect(baseSubject('Re: '.repeat(200)).text).toBe('');
  });
});

describe('thread keys', () => {
  const keys = (internetId: string, references: string[], subject: string) => threadKeys({ internetId, references, subject });

  test('an answer shares a key with what it answers', () => {
    const question = keys('q@x', [], 'Lunch');
    const answer = keys('a@x', ['q@x'], 'Re: Lunch');
    expect(answer.refs).toContain(question.refs[0]);
    expect(answer).toMatchObject({ isReply: true, hasReferences: true });
    expect(question).toMatchObject({ isReply: false, hasReferences: false });
  });

  test('answers to a message that is not there share a key', () => {
    const [one, two] = [keys('1@x', ['gone@x'], 'Re: Lunch'), keys('2@x', ['gone@x'], 'Re: Lunch')];
    expect(one.refs.some((ref) => two.refs.includes(ref))).toBe(true);
  });

  test('a new subject starts anew', () => {
    const question = keys('q@x', [], 'Lunch');
    const other = keys('a@x', ['q@x'], 'Dinner');
    expect(other.refs.some((ref) => question.refs.includes(ref))).toBe(false);
  });

  test('a message that refers to itself has no references', () => {
    expect(keys('q@x', ['q@x'], 'Lunch')).toMatchObject({ hasReferences: false });
    expect(keys('q@x', ['q@x'], 'Lunch').refs).toHaveLength(1);
  });

  test('of very many references the first and the latest count', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `${index}@x`);
    const { refs } = keys('end@x', many, 'Re: Lunch');
    expect(refs).toHaveLength(51);
    expect(refs).toContain(keys('0@x', [], 'Lunch').refs[0]);
    expect(refs).toContain(keys('2999@x', [], 'Lunch').refs[0]);
    expect(refs).not.toContain(keys('100@x', [], 'Lunch').refs[0]);
  });

  test('without a Message-ID there are the references', () => {
    expect(keys('', ['q@x'], 'Re: Lunch').refs).toHaveLength(1);
    expect(keys('', [], 'Lunch').refs).toHaveLength(0);
  });
});

test('a conversation id is a UUID, the same each time, another per account', () => {
  const id = conversationIdFor('a', 'b');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(conversationIdFor('a', 'b')).toBe(id);
  expect(conversationIdFor('c', 'b')).not.toBe(id);
});
