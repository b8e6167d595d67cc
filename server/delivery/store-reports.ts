// Enqueueing reports to senders, in the transaction that stores what they tell of: either both are on disk, or neither.
import type { Queryable } from '../infra/db/pool.ts';
import { bounceReport, type ReportItem } from './bounce-report.ts';
import { insertMessages, type StorableMessage } from './enqueue.store.ts';
import type { MessageLoader } from './message-loader.ts';
import { insertReportEvents, type ReportEvent } from './outcome.store.ts';

/** What making reports to senders needs. */
export interface ReportDeps {
  loader: MessageLoader;
  /** This host's name. */
  host: string;
}

/** Enqueues the reports, one a message and action. Items of messages that are themselves reports come to nothing. */
export async function storeReports(deps: ReportDeps, client: Queryable, items: readonly ReportItem[]): Promise<void> {
  const reports: StorableMessage[] = [];
  const told: ReportEvent[] = [];
  for (const group of Map.groupBy(items, ({ queueId, entry }) => `${queueId} ${entry.action}`).values()) {
    const { queueId, tenantId, entry } = group[0]!;
    const message = await deps.loader.load(queueId);
    const report = message && bounceReport(message, group, deps.host, new Date());
    if (!report) continue;
    reports.push({ ...report, contentBlob: null });
    told.push({ queueId, tenantId, reportQueueId: report.queueId, action: entry.action, to: message.reversePath });
  }
  if (reports.length === 0) return;
  await insertMessages(client, reports);
  await insertReportEvents(client, told);
}
