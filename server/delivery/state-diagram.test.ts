import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/delivery.md', import.meta.url)), 'utf8');

test('docs/delivery.md shows the state machine as it is', () => {
  expect(page).toContain(stateDiagram());
  expect(page).toContain(transitionTable());
});
