// What people type, and what is understood.
import { describe, expect, test } from 'vitest';
import { parseSearch, type SearchNode } from './search-query.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

/** A tree in few words: `any:foo`, `"…"` for phrases, `*` for prefixes. */
function show(node: SearchNode | null): string {
  if (!node) return 'nothing';
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map(show).join(node.kind === 'and' ? ' & ' : ' | ')})`;
    case 'not':
      return `!${show(node.node)}`;
    case 'text':
      return `${node.field === 'any' ? '' : `${node.field}=`}${node.phrase ? `"${node.text}"` : node.text}${node.prefix ? '*' : ''}`;
    case 'flag':
      return `is:${node.flag}`;
    case 'label':
    case 'folder':
      return `${node.kind}:${node.name}`;
    case 'anywhere':
      return 'anywhere';
    case 'date':
      return `${node.at} ${node.moment.toISOString().slice(0, 10)}`;
    case 'size':
      return `${node.than} ${node.bytes}`;
  }
}

describe('parsing a search', () => {
  test.each([
    ['meeting ', 'meeting'],
    ['meet', 'meet*'],
    ['budget meet', '(budget & meet*)'],
    ['bud* meeting ', '(bud* & meeting)'],
    ['"good morning"', '"good morning"'],
    ['"good mor', '"good mor"*'],
    ['a OR b c ', '((a | b) & c)'],
    ['a | b | c ', '(a | b | c)'],
    ['a AND b ', '(a & b)'],
    ['OR a ', 'a'],
    ['a OR', 'a'],
    ['{a b} c ', '((a | b) & c)'],
    ['(a b) OR c ', '((a & b) | c)'],
    ['-spam eggs ', '(!spam & eggs)'],
    ['-(a b) ', '!(a & b)'],
    ['well-known ', 'well-known'],
    ['- a ', '(- & a)'],
    ['from:bob ', 'from=bob'],
    ['FROM:bob@x.example ', 'from=bob@x.example'],
    ['from:"Bob Jones"', 'from="Bob Jones"'],
    ['from:bo', 'from=bo*'],
    ['subject:(lunch) ', 'subject=lunch'],
    ['from:{bob eve} -to:(a cc:b) ', '((from=bob | from=eve) & !(to=a & cc=b))'],
    ['from: bob ', 'bob'],
    ['from:', 'nothing'],
    ['to:me cc:you bcc:they ', '(to=me & cc=you & cc=they)'],
    ['filename:report.pdf ', 'filename=report.pdf'],
    ['list:dev ', 'list=dev'],
    ['in:inbox is:unread', '(folder:inbox & is:unread)'],
    ['in:"My Folder"', 'folder:My Folder'],
    ['in:anywhere x ', '(anywhere & x)'],
    ['label:Work has:attachment', '(label:Work & is:attachment)'],
    ['is:starred is:read is:nonsense ', '(is:starred & is:read & is:nonsense)'],
    ['before:2026-03-01', 'before 2026-03-01'],
    ['after:2026/3/1', 'after 2026-03-01'],
    ['on:2026-03-01', '(after 2026-03-01 & before 2026-03-02)'],
    ['after:2025 until:2025-06', '(after 2025-01-01 & before 2025-07-01)'],
    ['before:2026-02-30 ', 'before:2026-02-30'],
    ['newer_than:7d', 'after 2026-11-15'],
    ['older_than:1y', 'before 2025-11-22'],
    ['larger:5M smaller:1.5g', '(larger 5242880 & smaller 1610612736)'],
    ['larger:big ', 'larger:big'],
    ['https://x.example/a ', 'https://x.example/a'],
    ['12:30 ', '12:30'],
    ['from: ', 'nothing'],
    ['   ', 'nothing'],
    ['', 'nothing'],
    ['((((', 'nothing'],
    [') } x ', 'x'],
  ])('%s', (input, expected) => {
    expect(show(parseSearch(input, NOW))).toBe(expected);
  });

  test('never fails, whatever is typed', () => {
    const pieces = ['"', '(', ')', '{', '}', '-', ' ', 'OR', 'from:', 'a', ':', '*', '|', 'is:', '東', '\\', "'", '\0', '&', '!'];
    let seed = 7;
    for (let round = 0; round < 3000; round++) {
      let text = '';
      for (let length = 0; length < 12; length++) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        text += pieces[(seed >> 8) % pieces.length];
      }
      expect(() => parseSearch(text, NOW)).not.toThrow();
    }
  });

  test('very long input is cut', () => {
    expect(show(parseSearch('word '.repeat(5000), NOW)).length).toBeLessThan(1000);
  });
});
