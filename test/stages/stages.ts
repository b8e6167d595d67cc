// The stages of the test command, cheapest first.
import type { Stage } from '../stage.ts';
import { boundariesStage } from './boundaries-stage.ts';
import { chaosStage } from './chaos-stage.ts';
import { endToEndStage } from './end-to-end-stage.ts';
import { houseStage } from './house-stage.ts';
import { lintStage } from './lint-stage.ts';
import { typesStage } from './types-stage.ts';
import { vitestStage } from './vitest-stage.ts';

export const STAGES: readonly Stage[] = [
  typesStage,
  lintStage,
  boundariesStage,
  houseStage,
  vitestStage('unit', 'pure code'),
  vitestStage('database', 'stores and schema on a real PostgreSQL'),
  vitestStage('protocol', 'servers and clients over real sockets'),
  chaosStage,
  endToEndStage,
];
