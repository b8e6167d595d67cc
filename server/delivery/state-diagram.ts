// The state machine as a Mermaid diagram and a table, for docs/delivery.md; a test keeps that page equal to it.
import { FINAL_STATES, type Transition, TRANSITIONS } from './states.ts';

const transitions = Object.entries(TRANSITIONS) as [string, Transition][];

/** Mermaid's stateDiagram-v2, one arrow per source state and transition. */
export function stateDiagram(): string {
  const arrows = transitions.flatMap(([name, transition]) =>
    (transition.from.length === 0 ? ['[*]'] : transition.from).map((from) => `  ${from} --> ${transition.to}: ${name}`),
  );
  const ends = FINAL_STATES.map((state) => `  ${state} --> [*]`);
  return ['stateDiagram-v2', ...arrows, ...ends].join('\n');
}

/** Markdown: what each transition means, who may make it and what it leaves in the event log. */
export function transitionTable(): string {
  const rows = transitions.map(
    ([name, transition]) => `| ${name} | ${transition.needsLease ? 'the lease holder' : '–'} | ${transition.event ?? '–'} | ${transition.why} |`,
  );
  return ['| transition | only | event | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
