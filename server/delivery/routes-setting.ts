// EIDER_ROUTES: which domains go to a configured host instead of their MX. Parsing and matching; pure.
import { parseDomain } from '../mail/address.ts';
import type { TlsLevel } from './tls/tls-policy.ts';

export interface ConfiguredRoute {
  host: string;
  port: number;
  tls: TlsLevel & ('none' | 'opportunistic' | 'required' | 'verified');
}

export interface ConfiguredRoutes {
  /** The route of a domain by name or by a pattern `*.example.com`; the most exact one. */
  exact(domain: string): ConfiguredRoute | null;
  /** The route of `*`, for what neither has a route of its own nor is hosted here. */
  readonly other: ConfiguredRoute | null;
}

/**
 * Parses `example.com=relay:25,*.example.org=10.0.0.1:2525,*=127.0.0.1:2626`; separated by commas or white
 * space, IPv6 addresses in brackets, port 25 unless given. `/required` or `/verified` behind a target demands TLS (with
 * a certificate valid for the host), `/none` never asks for it.
 * @throws an error that names the faulty entry
 */
export function parseRoutes(setting: string | undefined): ConfiguredRoutes {
  const routes = new Map<string, ConfiguredRoute>();
  for (const entry of (setting ?? '').split(/[\s,]+/).filter(Boolean)) {
    const [pattern = '', target = '', ...rest] = entry.split('=');
    const route = rest.length === 0 ? parseTarget(target) : null;
    const key = parsePattern(pattern);
    if (route === null || key === null) {
      throw new Error(`EIDER_ROUTES: "${entry}" is not of the form domain=host:port, *.domain=host:port or *=host:port (each with /required or the like behind it where TLS is demanded)`);
    }
    if (routes.has(key)) throw new Error(`EIDER_ROUTES: two routes for "${pattern}"`);
    routes.set(key, route);
  }
  return {
    exact(domain) {
      const own = routes.get(domain);
      if (own) return own;
      for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
        const above = routes.get(`*${domain.slice(dot)}`);
        if (above) return above;
      }
      return null;
    },
    other: routes.get('*') ?? null,
  };
}

function parsePattern(pattern: string): string | null {
  if (pattern === '*') return pattern;
  if (pattern.startsWith('*.')) {
    const domain = parseDomain(pattern.slice(2));
    return domain === null ? null : `*.${domain}`;
  }
  return parseDomain(pattern);
}

/** `host:port`, with `/required` or the like behind it; null: it is none. */
export function parseTarget(target: string): ConfiguredRoute | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?(?:\/(none|opportunistic|required|verified))?$/.exec(target);
  if (!match) return null;
  const port = match[3] === undefined ? 25 : Number(match[3]);
  const tls = (match[4] ?? 'opportunistic') as ConfiguredRoute['tls'];
  return port >= 1 && port <= 65535 ? { host: (match[1] ?? match[2])!, port, tls } : null;
}
