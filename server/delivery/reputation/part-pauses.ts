// Which part of a tenant is to stop when rates are bad: one of its domains or lanes where that alone is what is bad,
// otherwise the whole tenant. Pure; what stops it is evaluate-reputation.ts.
import { type Finding, judge, type ReputationCounts, type ReputationRule, type ReputationScope } from './reputation-rules.ts';

export interface Part {
  scope: Extract<ReputationScope, 'domain' | 'lane'>;
  /** The domain or the lane. */
  key: string;
  finding: Finding;
}

export type CountsOf = (scope: ReputationScope, key: string, windowHours: number) => ReputationCounts;

export type PauseDecision = { kind: 'none' } | { kind: 'tenant'; finding: Finding } | { kind: 'parts'; parts: Part[] };

/**
 * @param whole what rules find of the tenant as a whole
 * @param parts its domains and lanes that are at `pause`
 */
export function decidePause(rules: readonly ReputationRule[], whole: Finding | null, parts: readonly Part[], countsOf: CountsOf): PauseDecision {
  const domains = parts.filter((part) => part.scope === 'domain');
  const lanes = parts.filter((part) => part.scope === 'lane');
  // The narrower first: a lane is bad, too, when one domain of it is.
  const candidates = [domains, lanes].filter((some) => some.length > 0);
  if (whole?.level !== 'pause') return candidates.length > 0 ? { kind: 'parts', parts: candidates[0]! } : { kind: 'none' };
  const enough = candidates.find((some) => restIsHealthy(rules, some, countsOf));
  return enough ? { kind: 'parts', parts: enough } : { kind: 'tenant', finding: whole };
}

/** Where nothing else was sent, nothing speaks for the rest. */
function restIsHealthy(rules: readonly ReputationRule[], parts: readonly Part[], countsOf: CountsOf): boolean {
  let seen = false;
  const rest = (windowHours: number): ReputationCounts => {
    const left = { ...countsOf('tenant', '', windowHours) };
    for (const { scope, key } of parts) {
      const part = countsOf(scope, key, windowHours);
      for (const name of Object.keys(left) as (keyof ReputationCounts)[]) left[name] = Math.max(0, left[name] - part[name]);
    }
    seen ||= left.delivered > 0;
    return left;
  };
  return judge(rules, 'tenant', rest)?.level !== 'pause' && seen;
}
