// Which messages of a conversation are open, and which are hidden behind "12 older messages". Pure.
import type { EmailHead } from '../../../../server/web/contract/message.ts';

/** Open when the conversation is first shown: the newest (drafts aside) and every unread one. */
export function initiallyOpen(messages: readonly EmailHead[]): Set<string> {
  const open = new Set(messages.filter((message) => message.unread && !message.draft).map((message) => message.id));
  const newest = messages.findLast((message) => !message.draft) ?? messages.at(-1);
  if (newest) open.add(newest.id);
  return open;
}

/** Fewer folded messages in a row than this stay in sight. */
const HIDE_FROM = 3;

export type Piece<T> = { kind: 'message'; message: T } | { kind: 'hidden'; messages: T[] };

/** Runs of folded messages between the first and the last folded one become one line, unless `showAll`. */
export function foldedPieces<T extends { id: string }>(messages: readonly T[], isOpen: (id: string) => boolean, showAll: boolean): Piece<T>[] {
  const pieces: Piece<T>[] = [];
  let run: T[] = [];
  const flush = () => {
    const [first, ...others] = run;
    const middle = others.slice(0, -1);
    if (first && middle.length >= HIDE_FROM && !showAll) {
      pieces.push({ kind: 'message', message: first }, { kind: 'hidden', messages: middle }, { kind: 'message', message: others.at(-1)! });
    } else pieces.push(...run.map((message) => ({ kind: 'message' as const, message })));
    run = [];
  };
  for (const message of messages) {
    if (isOpen(message.id)) {
      flush();
      pieces.push({ kind: 'message', message });
    } else run.push(message);
  }
  flush();
  return pieces;
}
