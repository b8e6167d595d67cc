// Runs an operator's command in a test, as the command line does: audited, in batches.
import { beginAudit, countAudited, finishAudit } from '../../../infra/audit/audit-log.store.ts';
import { messageLoader } from '../../message-loader.ts';
import type { QueueFixture } from '../../testing/queue-fixture.ts';
import { type QueueCommand, runCommand } from '../queue-commands.ts';
import type { Selection } from '../selection.store.ts';

export interface RunOptions {
  reason?: string;
  batchSize?: number;
  /** Called after each batch, within its transaction. */
  onBatch?(changed: number): Promise<void>;
}

export const reportDeps = (queue: QueueFixture) => ({
  host: 'mail.eider.test',
  loader: messageLoader({ db: queue.pool, blobs: queue.blobs, signersFor: () => Promise.resolve([]) }),
});

/** @returns how many rows it changed */
export async function runOrder(queue: QueueFixture, command: QueueCommand, selection: Selection, options: RunOptions = {}): Promise<number> {
  const audit = await beginAudit(queue.pool, { actor: 'cli:test', action: `queue ${command.kind}`, target: { ...selection }, reason: options.reason });
  const changed = await runCommand(
    { pool: queue.pool, reports: reportDeps(queue) },
    {
      command,
      selection,
      order: { by: 'cli:test', reason: options.reason ?? null },
      now: new Date(),
      ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
      async onBatch(client, count) {
        await countAudited(client, audit, count);
        await options.onBatch?.(count);
      },
    },
  );
  await finishAudit(queue.pool, audit);
  return changed;
}
