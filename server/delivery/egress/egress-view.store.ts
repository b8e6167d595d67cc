// What operators see of egress addresses and pools: lists, counts by day, and what was decided. Reads only.
import type { Queryable } from '../../infra/db/pool.ts';
import type { Lane } from '../enqueue-types.ts';

export interface EgressRow {
  id: string;
  name: string;
  sourceAddress: string | null;
  ehloName: string;
  status: 'active' | 'warming' | 'paused' | 'retired';
  pausedUntil: Date | null;
  reason: string | null;
  pools: { pool: string; weight: number }[];
  /** Providers by phase of warm-up. */
  warming: string[];
  pausedFor: string[];
  createdAt: Date;
}

/** All addresses, by name. `warming`: at some provider it is not warm yet. */
export async function listEgress(db: Queryable): Promise<EgressRow[]> {
  const result = await db.query<EgressRow>(
    `SELECT a.id, a.name, host(a.source_address) AS "sourceAddress", a.ehlo_name AS "ehloName",
            CASE WHEN a.status = 'active' AND w.warming <> '{}' THEN 'warming' ELSE a.status END AS status,
            a.paused_until AS "pausedUntil", a.reason, coalesce(p.pools, '[]') AS pools, w.warming, w.paused AS "pausedFor", a.created_at AS "createdAt"
       FROM egress_address a
      CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(provider ORDER BY provider) FILTER (WHERE phase = 'warming'), '{}') AS warming,
               coalesce(array_agg(provider ORDER BY provider) FILTER (WHERE phase = 'paused'), '{}') AS paused
          FROM egress_warmup WHERE address_id = a.id) w
      CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('pool', p.name, 'weight', m.weight) ORDER BY p.name) AS pools
          FROM egress_pool_address m JOIN egress_pool p ON p.id = m.pool_id WHERE m.address_id = a.id) p
      ORDER BY a.name`,
  );
  return result.rows;
}

export interface PoolRow {
  name: string;
  dedicatedTo: string | null;
  overflow: string | null;
  addresses: { address: string; weight: number }[];
  assignments: { tenant: string | null; lane: Lane | null }[];
}

/** All pools, by name, with who uses them. */
export async function listPools(db: Queryable): Promise<PoolRow[]> {
  const result = await db.query<PoolRow>(
    `SELECT p.name, t.slug AS "dedicatedTo", o.name AS overflow,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('address', a.name, 'weight', m.weight) ORDER BY a.name), '[]')
               FROM egress_pool_address m JOIN egress_address a ON a.id = m.address_id WHERE m.pool_id = p.id) AS addresses,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('tenant', s.slug, 'lane', g.lane) ORDER BY s.slug, g.lane), '[]')
               FROM egress_assignment g LEFT JOIN tenant s ON s.id = g.tenant_id WHERE g.pool_id = p.id) AS assignments
       FROM egress_pool p LEFT JOIN tenant t ON t.id = p.dedicated_to LEFT JOIN egress_pool o ON o.id = p.overflow_pool_id
      ORDER BY p.name`,
  );
  return result.rows;
}

export interface EgressEvent {
  at: Date;
  provider: string | null;
  type: string;
  reason: string;
  by: string;
}

/** What was decided about an address, newest first. */
export async function listEgressEvents(db: Queryable, addressId: string, limit: number): Promise<EgressEvent[]> {
  const result = await db.query<EgressEvent>(
    'SELECT at, provider, type, reason, by FROM egress_event WHERE address_id = $1 ORDER BY id DESC LIMIT $2',
    [addressId, limit],
  );
  return result.rows;
}

export interface UsedDay {
  provider: string;
  day: string;
  granted: number;
  sent: number;
  delivered: number;
  bounced: number;
  throttled: number;
  complained: number;
}

/** Counts of an address, oldest first. */
export async function listUsedDays(db: Queryable, addressId: string, days: number): Promise<UsedDay[]> {
  const result = await db.query<UsedDay>(
    `SELECT provider, day::text, granted, sent, delivered, bounced, throttled, complained FROM egress_day
      WHERE address_id = $1 AND day > (now() AT TIME ZONE 'UTC')::date - $2::int ORDER BY provider, day`,
    [addressId, days],
  );
  return result.rows;
}
