// Claiming: which (tenant, domain) queues have something ready, and leasing a number of rows from each.
// In two steps, so that a worker can weigh fairness and limits between them without touching a row.
import type { Queryable } from '../infra/db/pool.ts';
import { MAX_AGE_DAYS } from './enqueue.store.ts';
import type { Lane } from './enqueue-types.ts';
import { SUSPECT_LOST_ATTEMPTS } from './lease.store.ts';
import { sqlFrom, sqlTo } from './states.ts';
import { sqlSuppressing } from './suppression/suppression-sql.store.ts';

export interface ReadyQueue {
  tenantId: string;
  /** The recipients' domain. */
  domain: string;
}

export interface ClaimedDelivery {
  queueId: string;
  recipientNo: number;
  tenantId: string;
  lane: Lane;
  recipient: string;
  domain: string;
  notify: string | null;
  orcpt: string | null;
  /** Octets of the message. */
  size: number;
  /** Attempts begun, this one included. */
  attempts: number;
  /** Its time is over: this attempt is the last. */
  lastChance: boolean;
  suppressed: boolean;
  /** Its last attempts ended with their worker: it is attempted with no other such beside it. */
  suspect?: boolean;
  /** Bound by an operator: to a pool of egress addresses, to `host:port` instead of its site. Null or absent, as nearly always: not. */
  poolId?: string | null;
  routeTo?: string | null;
  leaseToken: string;
  /** Seconds from when it might go first (accepted, or its send_at) until this claim; absent in journals of before. */
  waitedSeconds?: number;
}

/*
 * Walks the distinct keys of delivery_ready by skipping from one to the next: one index descent per tenant
 * and per queue, however many rows wait. (`SELECT DISTINCT` would read them all.) Tenants that are not
 * active are left waiting where they are.
 */
const READY_QUEUES = `
WITH RECURSIVE tenants AS (
  (SELECT tenant_id FROM delivery WHERE state IN (${sqlFrom('claim')}) AND lane = $1 ORDER BY tenant_id LIMIT 1)
  UNION ALL
  SELECT next.tenant_id FROM tenants t CROSS JOIN LATERAL (
    SELECT tenant_id FROM delivery WHERE state IN (${sqlFrom('claim')}) AND lane = $1 AND tenant_id > t.tenant_id
     ORDER BY tenant_id LIMIT 1) next
)
SELECT t.tenant_id AS "tenantId", q.domain
  FROM (SELECT tenant_id FROM tenants LIMIT 1000) t
  JOIN tenant owner ON owner.id = t.tenant_id AND owner.status = 'active'
  LEFT JOIN unnest($2::uuid[], $3::text[]) AS cursor(tenant_id, after_domain) ON cursor.tenant_id = t.tenant_id
  CROSS JOIN LATERAL (
    WITH RECURSIVE queues AS (
      (SELECT domain FROM delivery
        WHERE state IN (${sqlFrom('claim')}) AND lane = $1 AND tenant_id = t.tenant_id AND domain > coalesce(cursor.after_domain, '')
        ORDER BY domain LIMIT 1)
      UNION ALL
      SELECT next.domain FROM queues k CROSS JOIN LATERAL (
        SELECT domain FROM delivery
         WHERE state IN (${sqlFrom('claim')}) AND lane = $1 AND tenant_id = t.tenant_id AND domain > k.domain
         ORDER BY domain LIMIT 1) next
    )
    SELECT domain FROM queues LIMIT $4
  ) q`;

/**
 * Queues with rows ready in a lane: of every active tenant, up to `perTenant` domains after its cursor.
 * @param cursors per tenant, the last domain seen: domains after it come, so that a tenant with many is gone
 *   through in turns. A tenant that gives fewer than `perTenant` is at its end; start it again.
 */
export async function selectReadyQueues(
  db: Queryable,
  lane: Lane,
  cursors: ReadonlyMap<string, string>,
  perTenant: number,
): Promise<ReadyQueue[]> {
  const result = await db.query<ReadyQueue>({
    name: 'ready-queues',
    text: READY_QUEUES,
    values: [lane, [...cursors.keys()], [...cursors.values()], perTenant],
  });
  return result.rows;
}

const BOUND = '(d.egress_pool IS NOT NULL OR d.route IS NOT NULL)';

/*
 * SKIP LOCKED lets workers walk the same queue side by side. The rows are found again by ctid, which is safe
 * because they are locked, and as an array: as a join, the planner guesses that many are picked and reads the whole
 * table (300 ms at half a million rows, against 10). Recipients of one message and domain are neighbours in the index and so come together.
 */
const claimOf = (which: string): string => `
WITH want AS (
  SELECT * FROM unnest($2::uuid[], $3::text[], $4::int[]) AS w(tenant_id, domain, count)
), picked AS MATERIALIZED (
  SELECT p.row FROM want w CROSS JOIN LATERAL (
    SELECT d.ctid AS row FROM delivery d
     WHERE d.state IN (${sqlFrom('claim')}) AND d.lane = $1 AND d.tenant_id = w.tenant_id AND d.domain = w.domain AND ${which}
     ORDER BY d.priority, d.queue_id, d.recipient_no LIMIT w.count FOR UPDATE SKIP LOCKED) p
)
UPDATE delivery d
   SET state = ${sqlTo('claim')}, attempts = attempts + 1, lease_token = $5, due_at = now() + $6 * interval '1 millisecond',
       last_attempt_at = now()
 WHERE d.ctid = ANY(ARRAY(SELECT row FROM picked)) AND d.state IN (${sqlFrom('claim')})
RETURNING d.queue_id AS "queueId", d.recipient_no AS "recipientNo", d.tenant_id AS "tenantId", d.lane, d.recipient, d.domain,
  d.notify, d.orcpt, d.size, d.attempts, d.egress_pool AS "poolId", d.route AS "routeTo", d.expires_at <= now() AS "lastChance", d.lost_attempts >= ${SUSPECT_LOST_ATTEMPTS} AS suspect, d.lease_token AS "leaseToken",
  extract(epoch FROM now() - d.expires_at + interval '${MAX_AGE_DAYS} days')::float8 AS "waitedSeconds",
  EXISTS (SELECT ${sqlSuppressing({
    address: 'd.recipient', tenantId: 'd.tenant_id', lane: 'd.lane',
    // Read only for the few that have a row in the list.
    source: '(SELECT m.source FROM outgoing_message m WHERE m.queue_id = d.queue_id)',
  })}) AS suppressed`;

const CLAIM = claimOf(`NOT ${BOUND}`);
const CLAIM_BOUND = claimOf(BOUND);

export interface Claim {
  lane: Lane;
  wanted: (ReadyQueue & { count: number })[];
  leaseToken: string;
  leaseMs: number;
  /** Of rows that an operator has bound elsewhere; otherwise of the others. */
  bound?: boolean;
}

/** Queues with ready rows that an operator has bound elsewhere, and how many. */
export async function selectBoundQueues(db: Queryable): Promise<(ReadyQueue & { lane: Lane; count: number })[]> {
  const result = await db.query<ReadyQueue & { lane: Lane; count: number }>({
    name: 'bound-queues',
    text: `SELECT d.lane, d.tenant_id AS "tenantId", d.domain, count(*) AS count FROM delivery d JOIN tenant owner ON owner.id = d.tenant_id AND owner.status = 'active'
            WHERE d.state IN (${sqlFrom('claim')}) AND ${BOUND} GROUP BY 1, 2, 3 LIMIT 1000`,
  });
  return result.rows;
}

/**
 * Leases up to `count` rows of each wanted queue to `leaseToken` and records that their attempts begin.
 * Rows that another worker is claiming at the same moment are passed over.
 * @param leaseMs how long the lease lasts unless renewed
 */
export async function claimDeliveries(db: Queryable, claim: Claim): Promise<ClaimedDelivery[]> {
  const result = await db.query<ClaimedDelivery>({
    name: claim.bound ? 'claim-bound' : 'claim-deliveries',
    text: claim.bound ? CLAIM_BOUND : CLAIM,
    values: [
      claim.lane,
      claim.wanted.map((queue) => queue.tenantId),
      claim.wanted.map((queue) => queue.domain),
      claim.wanted.map((queue) => queue.count),
      claim.leaseToken,
      claim.leaseMs,
    ],
  });
  return result.rows;
}
