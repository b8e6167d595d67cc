// The two books of a chaos run and their comparison: what callers were told is accepted, and what the receiving
// server took. Pure.

/** One copy of one delivery at the receiving server. */
export interface Copy {
  /** The recipient's address: unique for each delivery of a run. */
  id: string;
  /** Milliseconds since the run's start. */
  atMs: number;
  /** The server said so on purpose: it took the message and went away instead of replying. */
  withheld: boolean;
  /** The sender said something more over the connection: it had read the reply. */
  replyRead: boolean;
}

export interface Verdict {
  accepted: number;
  arrived: number;
  /** Accepted and not arrived. */
  lost: string[];
  /** Arrived again although the sender had read the reply to an earlier copy. */
  inexcusable: string[];
  /** Arrived again, the reply to every earlier copy unread: counted by why. */
  excused: { withheld: number; cut: number };
  /** Arrived and never confirmed to the caller: the answer was lost, the caller knows nothing. No fault. */
  unconfirmed: number;
}

/**
 * @param accepted ids that callers were told are accepted
 * @param copies in the order of their arrival
 */
export function judge(accepted: ReadonlySet<string>, copies: readonly Copy[]): Verdict {
  const byId = Map.groupBy(copies, (copy) => copy.id);
  const verdict: Verdict = { accepted: accepted.size, arrived: byId.size, lost: [], inexcusable: [], excused: { withheld: 0, cut: 0 }, unconfirmed: 0 };
  for (const id of accepted) if (!byId.has(id)) verdict.lost.push(id);
  for (const [id, all] of byId) {
    if (!accepted.has(id)) verdict.unconfirmed++;
    const earlier = all.slice(0, -1);
    if (earlier.some((copy) => copy.replyRead)) verdict.inexcusable.push(id);
    else for (const copy of earlier) verdict.excused[copy.withheld ? 'withheld' : 'cut']++;
  }
  return verdict;
}
