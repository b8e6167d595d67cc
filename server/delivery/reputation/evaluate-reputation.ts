// From counts to levels and their consequences: judges every subject by the rules, writes changes down, pauses tenants.
import type { Pool } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { judge, PAUSE_HOURS, REPUTATION_RULES, type ReputationCounts, type ReputationRule } from './reputation-rules.ts';
import { pauseTenant, renewReason, type ReputationSubject, resumeDueTenants, selectCounts, selectStates, setLevel } from './reputation.store.ts';

const NOTHING: ReputationCounts = { accepted: 0, delivered: 0, deferred: 0, bounced: 0, complained: 0 };
/** One evaluation at a time, in whichever process: two at once would tell each change twice. */
const LOCK = 'reputation-evaluation';

export interface Evaluation {
  /** Levels that changed, those taken away too. */
  changed: number;
  paused: string[];
  resumed: string[];
}

/**
 * Judges all subjects once, in one transaction; safe to run anywhere and at any time.
 * @returns null when another process is at it
 */
export async function evaluateReputation(deps: { pool: Pool; log: Logger }, rules: readonly ReputationRule[] = REPUTATION_RULES): Promise<Evaluation | null> {
  return withTransaction(deps.pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine', [LOCK]);
    if (!rows[0]!.mine) return null;
    const result: Evaluation = { changed: 0, paused: [], resumed: await resumeDueTenants(client) };
    const windows = new Map<number, Map<string, ReputationCounts>>();
    const subjects = new Map<string, ReputationSubject>();
    for (const windowHours of new Set(rules.map((rule) => rule.windowHours))) {
      const counts = await selectCounts(client, windowHours);
      windows.set(windowHours, new Map(counts.map((row) => [subjectKey(row), row])));
      for (const row of counts) subjects.set(subjectKey(row), row);
    }
    const states = new Map((await selectStates(client)).map((state) => [subjectKey(state), state]));
    for (const [key, state] of states) if (!subjects.has(key)) subjects.set(key, state);
    for (const [key, subject] of subjects) {
      const finding = judge(rules, subject.scope, (windowHours) => windows.get(windowHours)?.get(key) ?? NOTHING);
      const before = states.get(key);
      if (finding?.level !== before?.level) {
        result.changed++;
        await setLevel(client, subject, finding);
        deps.log[finding ? 'warn' : 'info']({ scope: subject.scope, tenantId: subject.tenantId, key: subject.key, level: finding?.level ?? 'ok', reason: finding?.reason }, 'reputation');
      } else if (finding && finding.reason !== before!.reason) await renewReason(client, subject, finding.reason);
      if (finding?.level === 'pause' && subject.scope === 'tenant') {
        const paused = await pauseTenant(client, subject.tenantId, { reason: finding.reason, by: 'reputation', hours: PAUSE_HOURS });
        if (paused) result.paused.push(subject.tenantId);
      }
    }
    for (const tenantId of result.paused) deps.log.warn({ tenantId, hours: PAUSE_HOURS }, 'tenant paused');
    for (const tenantId of result.resumed) deps.log.info({ tenantId }, 'tenant resumed: its pause is over');
    return result;
  });
}

const subjectKey = ({ scope, tenantId, key }: ReputationSubject): string => `${scope} ${tenantId} ${key}`;
