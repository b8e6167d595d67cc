// From counts to levels and their consequences: judges every subject by the rules, writes changes down, pauses tenants or
// the parts of them that are bad.
import { writeAudit } from '../../infra/audit/audit-log.store.ts';
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { endOverSuspensions } from '../suspension.store.ts';
import { type CountsOf, decidePause, type Part } from './part-pauses.ts';
import { pausePart, REPUTATION } from './part-pauses.store.ts';
import { type Finding, judge, PAUSE_HOURS, REPUTATION_RULES, type ReputationCounts, type ReputationRule } from './reputation-rules.ts';
import { insertChange, measureAnew, pauseTenant, renewReason, type ReputationSubject, resumeDueTenants, selectCounts, selectStates, setLevel } from './reputation.store.ts';

const NOTHING: ReputationCounts = { accepted: 0, delivered: 0, deferred: 0, bounced: 0, complained: 0 };
/** One evaluation at a time, in whichever process: two at once would tell each change twice. */
const LOCK = 'reputation-evaluation';

export interface Evaluation {
  /** Levels that changed, those taken away too. */
  changed: number;
  /** Tenants. */
  paused: string[];
  resumed: string[];
  /** Lanes and domains of tenants, `<tenant id> <lane or domain>`. */
  pausedParts: string[];
}

/**
 * Judges all subjects once, in one transaction; safe to run anywhere and at any time.
 * @returns null when another process is at it
 */
export async function evaluateReputation(deps: { pool: Pool; log: Logger }, rules: readonly ReputationRule[] = REPUTATION_RULES): Promise<Evaluation | null> {
  return withTransaction(deps.pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine', [LOCK]);
    if (!rows[0]!.mine) return null;
    const resumed = [...(await resumeDueTenants(client)), ...(await resumeDueParts(client))];
    const result: Evaluation = { changed: 0, paused: [], resumed, pausedParts: [] };
    const windows = new Map<number, Map<string, ReputationCounts>>();
    const subjects = new Map<string, ReputationSubject>();
    for (const windowHours of new Set(rules.map((rule) => rule.windowHours))) {
      const counts = await selectCounts(client, windowHours);
      windows.set(windowHours, new Map(counts.map((row) => [subjectKey(row), row])));
      for (const row of counts) subjects.set(subjectKey(row), row);
    }
    const states = new Map((await selectStates(client)).map((state) => [subjectKey(state), state]));
    for (const [key, state] of states) if (!subjects.has(key)) subjects.set(key, state);
    const bad: Judged[] = [];
    for (const [key, subject] of subjects) {
      const finding = judge(rules, subject.scope, (windowHours) => windows.get(windowHours)?.get(key) ?? NOTHING);
      const before = states.get(key);
      if (finding?.level !== before?.level) {
        result.changed++;
        await setLevel(client, subject, finding);
        deps.log[finding ? 'warn' : 'info']({ scope: subject.scope, tenantId: subject.tenantId, key: subject.key, level: finding?.level ?? 'ok', reason: finding?.reason }, 'reputation');
      } else if (finding && finding.reason !== before!.reason) await renewReason(client, subject, finding.reason);
      if (finding?.level === 'pause' && subject.scope !== 'egress') bad.push({ subject, finding });
    }
    for (const [tenantId, ofTenant] of Map.groupBy(bad, ({ subject }) => subject.tenantId)) {
      const countsOf: CountsOf = (scope, key, windowHours) => windows.get(windowHours)?.get(subjectKey({ scope, tenantId, key })) ?? NOTHING;
      await stop(client, rules, tenantId, ofTenant, countsOf, result);
    }
    for (const tenantId of result.paused) deps.log.warn({ tenantId, hours: PAUSE_HOURS }, 'tenant paused');
    for (const part of result.pausedParts) deps.log.warn({ part, hours: PAUSE_HOURS }, 'a part of a tenant paused');
    for (const tenantId of result.resumed) deps.log.info({ tenantId }, 'tenant resumed: its pause is over');
    return result;
  });
}

interface Judged {
  subject: ReputationSubject;
  finding: Finding;
}

/** @param bad what of the tenant is at `pause` */
async function stop(client: PoolClient, rules: readonly ReputationRule[], tenantId: string, bad: readonly Judged[], countsOf: CountsOf, result: Evaluation): Promise<void> {
  const whole = bad.find(({ subject }) => subject.scope === 'tenant')?.finding ?? null;
  const parts = bad.flatMap(({ subject: { scope, key }, finding }): Part[] => (scope === 'domain' || scope === 'lane' ? [{ scope, key, finding }] : []));
  const decision = decidePause(rules, whole, parts, countsOf);
  if (decision.kind === 'tenant') {
    const paused = await pauseTenant(client, tenantId, { reason: decision.finding.reason, by: REPUTATION, hours: PAUSE_HOURS });
    if (!paused) return;
    result.paused.push(tenantId);
    await writeAudit(client, { actor: REPUTATION, action: 'tenant pause', target: { tenantId, hours: PAUSE_HOURS }, reason: decision.finding.reason }, 1);
  } else if (decision.kind === 'parts') {
    for (const part of decision.parts) {
      if (!(await pausePart(client, tenantId, part, PAUSE_HOURS))) continue;
      result.pausedParts.push(`${tenantId} ${part.key}`);
      await writeAudit(client, { actor: REPUTATION, action: 'queue suspend', target: { tenantId, [part.scope]: part.key, hours: PAUSE_HOURS }, reason: part.finding.reason }, 1);
    }
  }
}

/** Ends pauses of parts that are over, and measures their tenants anew. @returns the tenants */
async function resumeDueParts(client: PoolClient): Promise<string[]> {
  const tenants = new Set<string>();
  for (const { scope, match } of await endOverSuspensions(client, REPUTATION)) {
    const [tenantId = '', key = ''] = match.split(' ');
    await insertChange(client, { scope: scope === 'tenant-lane' ? 'lane' : 'domain', tenantId, key, level: 'resumed', reason: 'the pause is over', by: 'clock' });
    tenants.add(tenantId);
  }
  for (const tenantId of tenants) await measureAnew(client, tenantId);
  return [...tenants];
}

const subjectKey = ({ scope, tenantId, key }: ReputationSubject): string => `${scope} ${tenantId} ${key}`;
