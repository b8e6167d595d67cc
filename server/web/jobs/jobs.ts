// Starting, watching, cancelling and taking back jobs on behalf of a signed-in account.
import { AppError, fieldError } from '../api/app-error.ts';
import type { Job, JobCreateBody } from '../contract/jobs.ts';
import { keywordOfId } from '../labels/label-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { cancelJob, countOpenJobs, findJob, insertJob, recentJobs, turnBack } from './job.store.ts';
import { workOnJobs } from './run-jobs.ts';

const OPEN_LIMIT = 5;

/** Notes the job down and has this process begin with it; should it die, another goes on. */
export async function startJob(services: Services, session: Session, { scope, ...action }: JobCreateBody): Promise<Job> {
  for (const field of ['addLabels', 'removeLabels'] as const) {
    const wrong = (action[field] ?? []).findIndex((id) => keywordOfId(id) === null);
    if (wrong >= 0) throw fieldError(`${field}.${wrong}`, 'not a label');
  }
  if ((await countOpenJobs(services.pool, session.accountId)) >= OPEN_LIMIT) {
    throw new AppError('conflict', { text: 'Some large actions are still running. Wait for one to end.' });
  }
  const id = await insertJob(services.pool, session, action, scope);
  void workOnJobs(services);
  return readJob(services, session, id);
}

export const listJobs = (services: Services, session: Session): Promise<Job[]> => recentJobs(services.pool, session.accountId);

export async function readJob(services: Services, session: Session, jobId: string): Promise<Job> {
  const job = await findJob(services.pool, session.accountId, jobId);
  if (!job) throw new AppError('not_found');
  return job;
}

/** What has been done stays done, and can be taken back. Cancelling one that has ended changes nothing. */
export async function stopJob(services: Services, session: Session, jobId: string): Promise<Job> {
  await cancelJob(services.pool, session.accountId, jobId);
  return readJob(services, session, jobId);
}

export async function undoJob(services: Services, session: Session, jobId: string): Promise<Job> {
  const turned = await turnBack(services.pool, session.accountId, jobId);
  const job = await readJob(services, session, jobId);
  if (!turned && job.state !== 'undoing' && job.state !== 'undone') throw new AppError('conflict', { text: 'This can no longer be undone.' });
  if (turned) void workOnJobs(services);
  return job;
}
