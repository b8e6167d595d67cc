// Finds the route of a method and path in the contract's table. Literal segments win over parameters.
import { ALL_PATHS } from '../contract/account-paths.ts';
import type { Method, RouteName } from '../contract/paths.ts';

interface Pattern {
  name: RouteName;
  method: Method;
  segments: string[];
}

const PATTERNS: Pattern[] = (Object.entries(ALL_PATHS) as [RouteName, string][]).map(([name, line]) => {
  const [method, path] = line.split(' ') as [Method, string];
  return { name, method, segments: path.split('/').slice(1) };
});

export type RouteMatch =
  | { kind: 'route'; name: RouteName; params: Record<string, string> }
  /** The path exists, but not with this method. */
  | { kind: 'wrong-method'; allowed: Method[] }
  | { kind: 'none' };

/** @param pathname as in the URL, still percent-encoded */
export function matchRoute(method: string, pathname: string): RouteMatch {
  // Outlook writes the path as it likes.
  const segments = decodeSegments(/^\/autodiscover\//i.test(pathname) ? pathname.toLowerCase() : pathname);
  if (!segments) return { kind: 'none' };
  let best: { pattern: Pattern; params: Record<string, string> } | undefined;
  const allowed = new Set<Method>();
  for (const pattern of PATTERNS) {
    const params = fit(pattern.segments, segments);
    if (!params) continue;
    allowed.add(pattern.method);
    if (pattern.method !== method) continue;
    if (!best || Object.keys(params).length < Object.keys(best.params).length) best = { pattern, params };
  }
  if (best) return { kind: 'route', name: best.pattern.name, params: best.params };
  return allowed.size > 0 ? { kind: 'wrong-method', allowed: [...allowed] } : { kind: 'none' };
}

function decodeSegments(pathname: string): string[] | null {
  try {
    return pathname.replace(/\/+$/, '').split('/').slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}

function fit(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const found = segments[index] ?? '';
    if (expected.startsWith(':')) {
      if (found === '') return null;
      params[expected.slice(1)] = found;
    } else if (expected !== found) return null;
  }
  return params;
}
