// Reads the Authentication-Results field (RFC 8601) that our own MX puts on top, and says what it means for the
// person who reads the mail. Fields with another authserv-id are someone else's word and are not looked at.
import type { Authentication } from '../contract/message.ts';
import type { HeaderFields } from './header-block.ts';

type Result = Authentication['dkim'][number]['result'];

const RESULTS: Record<string, Result> = {
  pass: 'pass', fail: 'fail', softfail: 'softfail', neutral: 'neutral', none: 'none', temperror: 'temperror',
  permerror: 'permerror', policy: 'policy', hardfail: 'fail', bestguesspass: 'neutral',
};

/**
 * @param authservId the name that our MX signs its results with (the installation's host name)
 * @returns null when the message did not come through our MX
 */
export function readAuthentication(fields: HeaderFields, authservId: string): Authentication | null {
  const own = fields.find((field) => field.name === 'authentication-results' && authservIdOf(field.value) === authservId.toLowerCase());
  if (!own) return null;
  const methods = stripComments(own.value).split(';').slice(1).map(parseMethod).filter((method) => method !== null);
  const spf = methods.find((method) => method.name === 'spf');
  const dkim = methods.filter((method) => method.name === 'dkim');
  const dmarc = methods.find((method) => method.name === 'dmarc');
  const summary = {
    spf: spf ? { result: spf.result, domain: domainOf(spf.properties['smtp.mailfrom'] ?? spf.properties['smtp.helo'] ?? '') } : null,
    dkim: dkim.slice(0, 10).map((method) => ({
      result: method.result,
      domain: domainOf(method.properties['header.d'] ?? method.properties['header.i'] ?? ''),
    })),
    dmarc: dmarc
      ? {
          result: dmarc.result,
          domain: domainOf(dmarc.properties['header.from'] ?? ''),
          policy: dmarc.properties['policy.published-domain-policy'] ?? commentValue(own.value, 'p') ?? '',
        }
      : null,
  };
  return { ...summary, verdict: verdictOf(summary) };
}

function verdictOf(summary: Omit<Authentication, 'verdict'>): Authentication['verdict'] {
  if (summary.dmarc?.result === 'pass') return 'verified';
  if (summary.dmarc?.result === 'fail') return 'failed';
  const spfFailed = summary.spf?.result === 'fail';
  const dkimFailed = summary.dkim.length > 0 && summary.dkim.every((signature) => signature.result === 'fail');
  return spfFailed && dkimFailed ? 'failed' : 'unknown';
}

function authservIdOf(value: string): string {
  return (stripComments(value).split(';')[0] ?? '').trim().split(/\s+/)[0]!.toLowerCase();
}

interface Method {
  name: string;
  result: Result;
  properties: Record<string, string>;
}

function parseMethod(text: string): Method | null {
  const words = text.trim().match(/[^\s="]+\s*=\s*(?:"[^"]*"|[^\s"]+)/g) ?? [];
  const [first, ...rest] = words.map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals).trim().toLowerCase(), word.slice(equals + 1).trim().replace(/^"|"$/g, '')] as const;
  });
  if (!first) return null;
  const result = RESULTS[first[1].toLowerCase()];
  return result ? { name: first[0].split('/')[0]!, result, properties: Object.fromEntries(rest) } : null;
}

/** Comments nest; what remains is what RFC 8601 gives a meaning. */
function stripComments(text: string): string {
  let depth = 0;
  let plain = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) plain += character;
  }
  return plain;
}

/** mailauth notes the published policy in a comment: `dmarc=pass (p=REJECT …)`. */
function commentValue(text: string, key: string): string | undefined {
  return new RegExp(`dmarc=[a-z]+\\s*\\([^)]*\\b${key}=([A-Za-z]+)`, 'i').exec(text)?.[1]?.toLowerCase();
}

function domainOf(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1).toLowerCase().slice(0, 255);
}
