// Writes an operator's order into the audit log once it is done: for orders that are one statement. Those that work in
// batches count in each (queue-commands.ts).
import { writeAudit } from '../infra/audit/audit-log.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { operatorName } from './operator.ts';

/**
 * @param action as on the command line: `egress pause`. @param target what it was about; undefined ones are left out
 * @param affected how many things it changed
 */
export async function noteOrder(db: Queryable, action: string, target: Record<string, unknown>, options: { reason?: string | undefined; affected?: number } = {}): Promise<void> {
  await writeAudit(db, { actor: operatorName(), action, target, reason: options.reason }, options.affected ?? 1);
}
