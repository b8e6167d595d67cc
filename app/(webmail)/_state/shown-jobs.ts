'use client';
// Large actions whose progress is on screen. Kept by _data/bulk-jobs.ts, shown by _components/jobs/job-cards.tsx.
import type { Job } from '../../../server/web/contract/jobs.ts';
import { createStore } from './store.ts';

export const shownJobs = createStore<readonly Job[]>([]);
