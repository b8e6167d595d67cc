// The operator's demands on TLS, looked up by domain: read all at once, since they are few, and again after a while.
import type { Queryable } from '../../infra/db/pool.ts';
import { type DemandedLevel, selectTlsDemands } from './tls-demand.store.ts';

const KEEP_MS = 30_000;

/** @returns the level demanded of a domain by name, or by the nearest `*.` above it; null: none */
export function tlsDemands(db: Queryable): (domain: string) => Promise<DemandedLevel | null> {
  let known: { levels: Promise<Map<string, DemandedLevel>>; until: number } | null = null;
  return async (domain) => {
    if (known === null || known.until < performance.now()) {
      const levels = selectTlsDemands(db).then((demands) => new Map(demands.map((demand) => [demand.domain, demand.level])));
      const entry = { levels, until: performance.now() + KEEP_MS };
      known = entry;
      levels.catch(() => {
        if (known === entry) known = null;
      });
    }
    return demandedLevel(await known.levels, domain);
  };
}

export function demandedLevel(levels: ReadonlyMap<string, DemandedLevel>, domain: string): DemandedLevel | null {
  const own = levels.get(domain);
  if (own) return own;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const above = levels.get(`*${domain.slice(dot)}`);
    if (above) return above;
  }
  return null;
}
