// The facts about a waiting delivery that the database knows: its row, its tenant, its place in line, the workers.
import type { Queryable } from '../../infra/db/pool.ts';
import { AHEAD_LIMIT, type WaitingRow, type WhyFacts } from './why.ts';

export interface WaitingDelivery extends WaitingRow {
  tenantId: string;
  priority: number;
  /** The header From's domain. */
  sender: string;
  /** Bound by an operator. */
  poolId: string | null;
  routeTo: string | null;
}

/** A message's recipients that are not finished. */
export async function selectWaiting(db: Queryable, queueId: string): Promise<WaitingDelivery[]> {
  const { rows } = await db.query<WaitingDelivery>(
    `SELECT d.queue_id AS "queueId", recipient_no AS "recipientNo", d.tenant_id AS "tenantId", recipient, domain, d.lane, state, priority, attempts,
            lower(substring(m.header_from FROM '[^@]+$')) AS sender, egress_pool AS "poolId", route AS "routeTo", due_at AS "dueAt", expires_at AS "expiresAt", last_attempt_at AS "lastAttemptAt", reason
       FROM delivery d JOIN outgoing_message m ON m.queue_id = d.queue_id WHERE d.queue_id = $1 ORDER BY recipient_no`,
    [queueId],
  );
  return rows;
}

/** The tenant's name and whether it may send. */
export async function selectTenantStanding(db: Queryable, tenantId: string): Promise<WhyFacts['tenant']> {
  const { rows } = await db.query<{ tenant: Record<string, string | null> }>('SELECT to_jsonb(t) AS tenant FROM tenant t WHERE id = $1', [tenantId]);
  const tenant = rows[0]?.tenant;
  if (!tenant) return null;
  const resumeAt = tenant['resume_at'];
  return { slug: tenant['slug']!, status: tenant['status']!, statusReason: tenant['status_reason'] ?? null, resumeAt: resumeAt ? new Date(resumeAt) : null };
}

/** How many rows of the same tenant, lane and domain a worker takes first; AHEAD_LIMIT for that many or more. */
export async function countAhead(db: Queryable, row: WaitingDelivery): Promise<number> {
  if (row.state !== 'queued') return 0;
  const { rows } = await db.query<{ ahead: number }>(
    `SELECT count(*) AS ahead FROM (
       SELECT 1 FROM delivery
        WHERE state = 'queued' AND lane = $1 AND tenant_id = $2 AND domain = $3 AND (priority, queue_id, recipient_no) < ($4, $5, $6)
        LIMIT $7) before`,
    [row.lane, row.tenantId, row.domain, row.priority, row.queueId, row.recipientNo, AHEAD_LIMIT],
  );
  return rows[0]!.ahead;
}

/** Delivery workers that have a connection to this database. */
export async function countWorkers(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ workers: number }>(
    `SELECT count(DISTINCT coalesce(client_port, pid)) AS workers FROM pg_stat_activity
      WHERE application_name = 'eider-delivery' AND datname = current_database()`,
  );
  return rows[0]!.workers;
}
