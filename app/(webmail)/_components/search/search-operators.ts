// The operators that a search understands, offering them while typing, and the chips that put them in and out.
import type { MessageKey } from '../../../../components/i18n/catalogue.ts';

export interface Operator {
  /** What is inserted. */
  text: string;
  hint: MessageKey;
}

export const OPERATORS: readonly Operator[] = [
  { text: 'from:', hint: 'search.op.from' },
  { text: 'to:', hint: 'search.op.to' },
  { text: 'subject:', hint: 'search.op.subject' },
  { text: 'has:attachment', hint: 'search.op.has' },
  { text: 'filename:', hint: 'search.op.filename' },
  { text: 'is:unread', hint: 'search.op.is' },
  { text: 'after:', hint: 'search.op.after' },
  { text: 'before:', hint: 'search.op.before' },
  { text: 'in:', hint: 'search.op.in' },
  { text: 'label:', hint: 'search.op.label' },
  { text: '"…"', hint: 'search.op.phrase' },
  { text: '-', hint: 'search.op.not' },
];

/** Splits a query at spaces outside quotes. */
export function searchTokens(q: string): string[] {
  return q.match(/(?:[^\s"]+(?:"[^"]*"?)?|"[^"]*"?)+/g) ?? [];
}

/** The token that the cursor stands at the end of; '' after a space. */
export function lastToken(q: string): string {
  return /\s$/.test(q) ? '' : (searchTokens(q).at(-1) ?? '');
}

/** Operators that continue what is being typed: all after a space, none within a finished one. */
export function operatorsFor(q: string): readonly Operator[] {
  const token = lastToken(q).toLowerCase();
  if (token === '') return OPERATORS;
  return OPERATORS.filter((operator) => operator.text.startsWith(token) && operator.text !== token);
}

/** The query with its last token replaced; ready to type on. */
export function withOperator(q: string, operator: Operator): string {
  const token = lastToken(q);
  const head = q.slice(0, q.length - token.length);
  const text = operator.text === '"…"' ? '"' : operator.text;
  return head + text + (text.endsWith(':') || text === '"' || text === '-' ? '' : ' ');
}

/** Whether a token is in the query (in any case). */
export const hasToken = (q: string, token: string): boolean => searchTokens(q).some((each) => each.toLowerCase() === token.toLowerCase());

/** Puts a token at the end, or takes it out. */
export function toggleToken(q: string, token: string): string {
  const tokens = searchTokens(q);
  const rest = tokens.filter((each) => each.toLowerCase() !== token.toLowerCase());
  return (rest.length === tokens.length ? [...tokens, token] : rest).join(' ');
}

/** "after:2026-11-15" for the day that many days before `now`. */
export function afterToken(days: number, now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const two = (n: number) => String(n).padStart(2, '0');
  return `after:${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
