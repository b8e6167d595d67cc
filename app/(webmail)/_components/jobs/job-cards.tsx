'use client';
// Progress of large actions, above the toasts: how far, stop, and for ten seconds the way back.
import { X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { Job } from '../../../../server/web/contract/jobs.ts';
import { cancelJob, undoJob } from '../../_data/bulk-jobs.ts';
import { shownJobs } from '../../_state/shown-jobs.ts';
import { useStore } from '../../_state/store.ts';

const BUTTON = 'h-8 shrink-0 rounded-md px-3 font-semibold text-toast-accent hover:bg-on-toast/10';

function useText(job: Job): string {
  const t = useT();
  switch (job.state) {
    case 'collecting':
      return t('jobs.collecting');
    case 'running':
      return t(`jobs.running.${job.action}`);
    case 'done':
      return t('jobs.done', { n: job.done - job.failed });
    case 'cancelled':
      return t('jobs.cancelled', { n: job.done });
    case 'failed':
      return t('jobs.failed', { n: job.done });
    case 'undoing':
      return t('jobs.undoing');
    case 'undone':
      return t('jobs.undone');
  }
}

function JobCard({ job }: { job: Job }) {
  const t = useT();
  const text = useText(job);
  const busy = job.state === 'running' || job.state === 'collecting';
  return (
    <div className="pointer-events-auto flex w-full max-w-md flex-col rounded-lg bg-toast py-1.5 ps-4 pe-1.5 text-sm text-on-toast shadow-3 enter-rise">
      <div className="flex min-h-8 items-center">
        <p className="min-w-0 flex-1 pe-2">
          {/* The figures change too often to be read out; the words are told once. */}
          <span role="status">{text}</span>
          {job.state === 'running' && <span className="ms-2 tnum text-on-toast/75">{t('jobs.progress', { done: job.done, total: job.total })}</span>}
          {!busy && job.failed > 0 && <span className="ms-2">{t('jobs.refused', { n: job.failed })}</span>}
        </p>
        {busy && (
          <button type="button" className={BUTTON} onClick={() => void cancelJob(job)}>
            {t('app.cancel')}
          </button>
        )}
        {job.undoable && (
          <button type="button" className={BUTTON} onClick={() => void undoJob(job)}>
            {t('app.undo')}
          </button>
        )}
        {!busy && job.state !== 'undoing' && (
          <button type="button" aria-label={t('app.dismiss')} className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-on-toast/75 hover:bg-on-toast/10" onClick={() => shownJobs.set((now) => now.filter((each) => each.id !== job.id))}>
            <X aria-hidden className="size-4" />
          </button>
        )}
      </div>
      {(busy || job.state === 'undoing') && <progress aria-label={text} className="job-progress mb-1.5 me-2.5 h-1" {...(job.state === 'running' ? { value: job.done, max: Math.max(1, job.total) } : {})} />}
    </div>
  );
}

/** Mounted while there is something to show. */
export function JobCards() {
  const t = useT();
  const jobs = useStore(shownJobs);
  return (
    <section aria-label={t('jobs.title')} className="pointer-events-none fixed inset-x-0 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-50 flex flex-col items-center gap-2 px-4 max-md:bottom-[calc(9rem+env(safe-area-inset-bottom))]">
      {jobs.map((job) => (
        <JobCard key={job.id} job={job} />
      ))}
    </section>
  );
}
