'use client';
// Actions on all that a list holds: started as jobs of the server, followed until they end. Loaded when first needed.
import { translate as t } from '../../../components/i18n/catalogue.ts';
import { api } from '../../../server/web/contract/client.ts';
import type { Job, JobActionName, JobCreateBody, JobScope } from '../../../server/web/contract/jobs.ts';
import type { Folder } from '../../../server/web/contract/mailbox.ts';
import { queryClient } from './query-client.ts';
import { folderSlug, isLabelSlug } from '../_navigation/view.ts';
import type { ListView } from '../_navigation/view.ts';
import { questionStore } from '../_state/confirm.ts';
import { shownJobs } from '../_state/shown-jobs.ts';
import { clearSelection } from '../_state/selection.ts';
import { showToast } from '../_state/toasts.ts';
import { keys } from './keys.ts';
import { offerUndo } from './use-actions.ts';

export interface BulkOrder {
  action: JobActionName;
  /** With `move`. */
  target?: { id: string; label: string };
  /** With `label`. */
  addLabels?: string[];
  removeLabels?: string[];
}

const POLL_MS = 600;
/** How long the end of a job, with its way back, stays on screen. */
const UNDO_MS = 10_000;
/** After a cancel the batch under way still ends; until then there is no way back. */
const STOP_POLLS = 20;
const OPEN: ReadonlySet<Job['state']> = new Set(['collecting', 'running', 'undoing']);

function scopeOf(view: ListView): JobScope | null {
  const folderId = (slug: string) => (isLabelSlug(slug) ? slug : queryClient()?.getQueryData<Folder[]>(keys.folders)?.find((folder) => folderSlug(folder) === slug)?.id);
  if (view.kind === 'search') {
    const within = view.folder === null ? undefined : folderId(view.folder);
    return { kind: 'search', q: view.q, ...(within ? { folderId: within } : {}) };
  }
  const id = folderId(view.folder);
  return id ? { kind: 'folder', folderId: id, ...(view.filter ? { filter: view.filter } : {}) } : null;
}

/** Starts the job for all of a view's conversations; deleting for good asks first. */
export function startBulkJob(view: ListView, order: BulkOrder): void {
  const scope = scopeOf(view);
  if (!scope) return;
  const { target, ...action } = order;
  const begin = async () => {
    clearSelection();
    const body: JobCreateBody = { ...action, scope, ...(target ? { targetFolderId: target.id } : {}) };
    try {
      followJob(await api('jobs.create', { body }));
    } catch (error) {
      showToast({ tone: 'error', text: t('done.failed', { message: (error as Error).message }) });
    }
  };
  if (order.action !== 'delete') return void begin();
  questionStore.set({
    title: t('confirm.delete.title'),
    text: t('jobs.deleteText'),
    confirmLabel: t('action.delete'),
    danger: true,
    onConfirm: () => void begin(),
  });
}

const following = new Set<string>();

/** Shows a job and keeps its progress fresh until it has ended and its way back has run out. */
export function followJob(job: Job): void {
  show(job);
  if (following.has(job.id)) return;
  following.add(job.id);
  let stops = 0;
  const look = async () => {
    let now: Job | null = null;
    try {
      now = await api('jobs.get', { params: { jobId: job.id } });
    } catch {
      // The connection's own notice tells; the job goes on without us.
    }
    if (now) show(now);
    const stopping = now?.state === 'cancelled' && !now.undoable && (stops += 1) < STOP_POLLS;
    if (now && !OPEN.has(now.state) && !stopping) ended(now);
    else window.setTimeout(() => void look(), POLL_MS);
  };
  window.setTimeout(() => void look(), POLL_MS);
}

function ended(job: Job): void {
  following.delete(job.id);
  if (job.undoable) offerUndo(() => void undoJob(job));
  window.setTimeout(() => {
    if (!following.has(job.id)) shownJobs.set((now) => now.filter((each) => each.id !== job.id));
  }, UNDO_MS);
}

function show(job: Job): void {
  shownJobs.set((now) => (now.some((each) => each.id === job.id) ? now.map((each) => (each.id === job.id ? job : each)) : [...now, job]));
}

async function change(route: 'jobs.cancel' | 'jobs.undo', job: Job): Promise<void> {
  try {
    followJob(await api(route, { params: { jobId: job.id } }));
  } catch (error) {
    showToast({ tone: 'error', text: t('done.failed', { message: (error as Error).message }) });
  }
}

export const cancelJob = (job: Job): Promise<void> => change('jobs.cancel', job);
export const undoJob = (job: Job): Promise<void> => change('jobs.undo', job);

/** Takes up what was running when the page was left, or runs for another window. */
export async function resumeJobs(): Promise<void> {
  const { items } = await api('jobs.list', {});
  for (const job of items) if (OPEN.has(job.state)) followJob(job);
}
