// The rules of how fast mail may go where: the shape of EIDER_HOME/shaping.json, its checks, and which rule holds for a
// site. The rules that come with Eider are provider-rules.ts; a rules file adds to them and overrides by name.
import { z } from 'zod';
import { parseRate, type Rate } from './rate.ts';

const rate = z.union([z.null(), z.string()]).transform((text, context): Rate | null => {
  if (text === null) return null;
  const parsed = parseRate(text);
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: `a rate such as "600/min" expected (per s, min, h or day), found "${text}"` });
  return z.NEVER;
});
const duration = z.string().transform((text, context): number => {
  const match = /^(\d{1,6})\s*(s|min|h|d)$/.exec(text.trim());
  if (match) return Number(match[1]) * { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 's' | 'min' | 'h' | 'd'];
  context.addIssue({ code: 'custom', message: `a time such as "30min" expected (s, min, h, d), found "${text}"` });
  return z.NEVER;
});
const pattern = z.string().transform((text, context): RegExp => {
  try {
    return new RegExp(text, 'i');
  } catch {
    context.addIssue({ code: 'custom', message: `a regular expression expected, found "${text}"` });
    return z.NEVER;
  }
});
const count = (what: string) => z.number({ error: `a whole number of ${what} expected` }).int(`a whole number of ${what} expected`).min(1, 'at least 1');

/** What may be set for a site; what is left out comes from `default`. */
const limits = {
  /** Recipients handed over, per egress address; null: no limit. */
  rate: rate.optional(),
  /** Connections at once, of all workers together, per egress address; null: only what one worker opens by itself. */
  connections: z.union([z.null(), count('connections')]).optional(),
  connectionRate: rate.optional(),
  messagesPerConnection: count('messages').optional(),
  /** Whether replies make it slower; suspensions by a reply's text hold in any case. */
  adaptive: z.boolean().optional(),
};

const site = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'a name of lower-case letters, digits, dots and hyphens expected'),
  /** MX hosts: `mx.example.com`, or `.example.com` for everything below it. */
  mx: z.array(z.string().min(1)).optional(),
  /** Recipient domains. */
  domains: z.array(z.string().min(1)).optional(),
  /** All that match count as one site; otherwise each MX set on its own. */
  together: z.boolean().optional(),
  ...limits,
});

const ACTIONS = ['slower', 'fewer-connections', 'suspend', 'other-address'] as const;

const reply = z.strictObject({
  /** The name of a site; left out: any. */
  site: z.string().optional(),
  code: pattern.optional(),
  enhancedCode: pattern.optional(),
  text: pattern.optional(),
  action: z.enum(ACTIONS, { error: `one of ${ACTIONS.join(', ')} expected` }),
  /** For suspend and other-address. */
  for: duration.optional(),
}).refine((entry) => entry.code || entry.enhancedCode || entry.text, { error: 'at least one of code, enhancedCode and text expected' })
  .refine((entry) => (entry.action !== 'suspend' && entry.action !== 'other-address') || entry.for !== undefined, { error: 'the actions suspend and other-address need "for"' });

const tenant = z.strictObject({
  /** Of all that it sends. */
  rate: rate.optional(),
  /** To a site, by its name: below the site's own. */
  sites: z.record(z.string(), z.strictObject({ rate })).optional(),
});

const file = z.strictObject({
  default: z.strictObject(limits).optional(),
  sites: z.array(site).optional(),
  replies: z.array(reply).optional(),
  /** By the tenant's id; `*` for each that is not named. */
  tenants: z.record(z.string(), tenant).optional(),
  /** By the envelope sender's address, `@domain`, or `*` for each that is not named. */
  senders: z.record(z.string(), z.strictObject({ rate })).optional(),
});

export type RulesFile = z.infer<typeof file>;
export type SiteRule = z.infer<typeof site>;
export type ReplyRule = z.infer<typeof reply>;
export type ReplyAction = ReplyRule['action'];

export interface SiteLimits {
  rate: Rate | null;
  connections: number | null;
  connectionRate: Rate | null;
  messagesPerConnection: number;
  adaptive: boolean;
}

export interface ShapingRules {
  default: SiteLimits;
  /** In order: the first that matches holds. */
  sites: readonly SiteRule[];
  replies: readonly ReplyRule[];
  tenants: Readonly<Record<string, z.infer<typeof tenant>>>;
  senders: Readonly<Record<string, { rate: Rate | null }>>;
}

/** A rules file is malformed; the message names each field and its rule. */
export class ShapingRulesError extends Error {
  override name = 'ShapingRulesError';
}

/** @param text JSON. @throws ShapingRulesError naming every fault */
export function parseRulesFile(text: string): RulesFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ShapingRulesError(`not JSON: ${(error as Error).message}`);
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ShapingRulesError(parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`).join('; '));
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the file' : path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`)).join('');

export const BUILT_IN_DEFAULT: SiteLimits = {
  rate: { count: 50, windowMs: 1_000 },
  connections: 10,
  connectionRate: { count: 200, windowMs: 60_000 },
  messagesPerConnection: 100,
  adaptive: true,
};

/** The rules in force: a file's over those built in. A site of a file replaces the built-in one of that name, and goes first. */
export function combineRules(own: RulesFile, builtIn: RulesFile): ShapingRules {
  const named = new Set(own.sites?.map((entry) => entry.name));
  const inherited = new Map(builtIn.sites?.map((entry) => [entry.name, entry]));
  return {
    default: { ...BUILT_IN_DEFAULT, ...defined(builtIn.default ?? {}), ...defined(own.default ?? {}) },
    sites: [
      ...(own.sites ?? []).map((entry) => ({ ...inherited.get(entry.name), ...defined(entry) }) as SiteRule),
      ...(builtIn.sites ?? []).filter((entry) => !named.has(entry.name)),
    ],
    replies: [...(own.replies ?? []), ...(builtIn.replies ?? [])],
    tenants: own.tenants ?? {},
    senders: Object.fromEntries(Object.entries(own.senders ?? {}).map(([who, limit]) => [who.toLowerCase(), limit])),
  };
}

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;

export interface SiteMatch {
  /** Of the rule, or `default`. */
  name: string;
  /** What counts as one site. */
  key: string;
  limits: SiteLimits;
}

/** What goes to a configured route: the operator's own relay, which limits itself unless a rule names its host. */
const ROUTE_LIMITS: Partial<SiteLimits> = { rate: null, connections: null, connectionRate: null, messagesPerConnection: 500 };

/**
 * The rule of a site.
 * @param route its site (`mx …`, `route …`) and hosts. @param domain of the recipient
 */
export function matchSite(rules: ShapingRules, route: { site: string; hosts: readonly string[] }, domain: string): SiteMatch {
  const rule = rules.sites.find((entry) => entry.domains?.includes(domain) || entry.mx?.some((mx) => route.hosts.some((host) => hostMatches(host, mx))));
  const base = route.site.startsWith('route ') ? { ...rules.default, ...ROUTE_LIMITS } : rules.default;
  if (!rule) return { name: 'default', key: route.site, limits: base };
  const { name, mx: _mx, domains: _domains, together, ...own } = rule;
  return { name, key: together ? `site ${name}` : route.site, limits: { ...base, ...defined(own) } };
}

const hostMatches = (host: string, mx: string): boolean => (mx.startsWith('.') ? host.endsWith(mx.toLowerCase()) : host === mx.toLowerCase());
