// Which site each domain's mail goes to, remembered for a while, so that the claim can weigh sites before it touches a
// row. Look-ups run beside the claim, bounded; a domain whose look-up fails is claimed all the same, and the attempt
// then tells the sender's side of it.
import type { Route, RouteResult } from './route.ts';

export type SiteOf =
  /** Not known yet; a look-up is under way. */
  | { kind: 'pending' }
  | { kind: 'site'; route: Route }
  /** No route could be found: no limit of a site can apply. */
  | { kind: 'none' };

export interface SiteBook {
  /** What is known of a domain now; starts a look-up where that is nothing, or old. */
  of(domain: string): SiteOf;
  /** An attempt found the route: remembered. */
  learn(domain: string, routed: RouteResult): void;
  readonly size: number;
}

export interface SiteBookSettings {
  /** Known ones are looked up anew after this; the old answer serves meanwhile. */
  freshMs: number;
  maxLookups: number;
  maxDomains: number;
  now(): number;
}

export const DEFAULT_SITE_BOOK: SiteBookSettings = { freshMs: 60_000, maxLookups: 200, maxDomains: 50_000, now: () => performance.now() };

interface Entry {
  known: Exclude<SiteOf, { kind: 'pending' }>;
  at: number;
}

const PENDING: SiteOf = { kind: 'pending' };

/** @param onLearnt told after each look-up: what waited for it may be claimed now */
export function siteBook(findRoute: (domain: string) => Promise<RouteResult>, onLearnt: () => void, settings = DEFAULT_SITE_BOOK): SiteBook {
  // In order of their last look-up: the first is forgotten first.
  const entries = new Map<string, Entry>();
  const lookups = new Set<string>();

  function learn(domain: string, routed: RouteResult): void {
    entries.delete(domain);
    entries.set(domain, { known: routed.kind === 'route' ? { kind: 'site', route: routed.route } : { kind: 'none' }, at: settings.now() });
    if (entries.size > settings.maxDomains) entries.delete(entries.keys().next().value!);
  }
  async function lookUp(domain: string): Promise<void> {
    lookups.add(domain);
    try {
      learn(domain, await findRoute(domain));
    } catch (error) {
      learn(domain, { kind: 'unknown', category: 'dns', reason: (error as Error).message });
    } finally {
      lookups.delete(domain);
      onLearnt();
    }
  }
  return {
    of(domain) {
      const entry = entries.get(domain);
      const stale = !entry || settings.now() - entry.at > settings.freshMs;
      if (stale && !lookups.has(domain) && lookups.size < settings.maxLookups) void lookUp(domain);
      return entry?.known ?? PENDING;
    },
    learn,
    get size() {
      return entries.size;
    },
  };
}
