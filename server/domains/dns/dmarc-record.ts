// Reading a DMARC policy record (RFC 9989), and what is wrong or outdated in one. Pure.

export type DmarcReading =
  | { kind: 'policy'; tags: Map<string, string>; advice: string[] }
  /** Receivers ignore it. */
  | { kind: 'invalid'; rule: string }
  /** Another kind of TXT record. */
  | { kind: 'other' };

const POLICIES = ['none', 'quarantine', 'reject'];
/** Of RFC 7489, taken out by RFC 9989 (appendix C.5). */
const REMOVED = ['pct', 'rf', 'ri'];

export function readDmarcRecord(text: string): DmarcReading {
  const parts = text.split(';').map((part) => part.trim()).filter((part) => part !== '');
  if (!/^v\s*=\s*DMARC1$/.test(parts[0] ?? '')) return { kind: 'other' };
  const tags = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at <= 0) return { kind: 'invalid', rule: `"${part}" is not of the form tag=value` };
    tags.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  for (const name of ['p', 'sp', 'np']) {
    const value = tags.get(name)?.toLowerCase();
    if (value !== undefined && !POLICIES.includes(value)) return { kind: 'invalid', rule: `${name}= is one of ${POLICIES.join(', ')}, not "${value}"` };
  }
  return { kind: 'policy', tags, advice: adviceOn(tags) };
}

function adviceOn(tags: ReadonlyMap<string, string>): string[] {
  const advice: string[] = [];
  const removed = REMOVED.filter((name) => tags.has(name));
  if (removed.length > 0) advice.push(`${removed.map((name) => `${name}=`).join(', ')}: no longer part of DMARC, receivers ignore it`);
  if (!tags.has('p')) advice.push('p= is missing: receivers then apply none');
  else if (tags.get('p')!.toLowerCase() === 'none') advice.push('p=none asks receivers for nothing: tighten it to quarantine or reject once the reports show that all your mail passes');
  if (!/mailto:/i.test(tags.get('rua') ?? '')) advice.push('without rua=mailto: you get no reports of who sends in your name');
  return advice;
}
