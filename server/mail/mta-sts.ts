// MTA-STS (RFC 8461): the TXT record, the policy file, and whether an MX host is one of the policy's. Pure; where
// they are fetched and kept is server/delivery/tls/mta-sts-policies.ts.
export interface StsPolicy {
  mode: 'enforce' | 'testing' | 'none';
  /** `mail.example.com` or `*.example.net`, A-labels in lower case. */
  mxPatterns: string[];
  maxAgeSeconds: number;
  /** The lines as published, for reports. */
  lines: string[];
}

export type StsPolicyResult = { kind: 'policy'; policy: StsPolicy } | { kind: 'invalid'; reason: string };

/** RFC 8461 3.2: about a year. */
const MAX_AGE_SECONDS = 31_557_600;
const MAX_PATTERNS = 200;

/**
 * The policy's id from the TXT records at `_mta-sts.<domain>`; null where there is no policy: no record of this kind,
 * more than one, or a malformed one (RFC 8461 3.1).
 */
export function stsRecordId(records: readonly string[]): string | null {
  const own = records.filter((record) => /^v=STSv1[ \t]*(;|$)/.test(record));
  if (own.length !== 1) return null;
  const id = /;[ \t]*id[ \t]*=[ \t]*([A-Za-z0-9]{1,32})[ \t]*(;|$)/.exec(own[0]!)?.[1];
  return id ?? null;
}

/** Parses a policy file (RFC 8461 3.2): `key: value` lines, ended by CRLF or LF; unknown keys are passed over. */
export function parseStsPolicy(text: string): StsPolicyResult {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd()).filter((line) => line !== '');
  const values = new Map<string, string>();
  const mxPatterns: string[] = [];
  for (const line of lines) {
    const match = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*:[ \t]*(.*)$/.exec(line);
    if (!match) return { kind: 'invalid', reason: `no field: ${JSON.stringify(line.slice(0, 80))}` };
    const [, key = '', value = ''] = match;
    // Of a field that may stand once, the first counts (RFC 8461 3.2).
    if (key === 'mx') mxPatterns.push(value.toLowerCase());
    else if (!values.has(key)) values.set(key, value);
  }
  if (values.get('version') !== 'STSv1') return { kind: 'invalid', reason: 'version is not STSv1' };
  const mode = values.get('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return { kind: 'invalid', reason: 'mode is none of enforce, testing, none' };
  const maxAge = values.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(maxAge) || Number(maxAge) > MAX_AGE_SECONDS) return { kind: 'invalid', reason: `max_age is no number up to ${MAX_AGE_SECONDS}` };
  if (mode !== 'none' && mxPatterns.length === 0) return { kind: 'invalid', reason: 'no mx field' };
  if (mxPatterns.length > MAX_PATTERNS) return { kind: 'invalid', reason: `more than ${MAX_PATTERNS} mx fields` };
  const bad = mxPatterns.find((pattern) => !/^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(pattern));
  if (bad !== undefined) return { kind: 'invalid', reason: `malformed mx: ${JSON.stringify(bad.slice(0, 80))}` };
  return { kind: 'policy', policy: { mode, mxPatterns, maxAgeSeconds: Number(maxAge), lines: lines.map((line) => line.slice(0, 300)) } };
}

/** RFC 8461 4.1: `*.` stands for exactly one label. */
export function matchesStsPattern(host: string, patterns: readonly string[]): boolean {
  const name = host.toLowerCase();
  return patterns.some((pattern) => (pattern.startsWith('*.') ? name.slice(name.indexOf('.')) === pattern.slice(1) && name.indexOf('.') > 0 : name === pattern));
}
