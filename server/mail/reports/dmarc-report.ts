// DMARC aggregate reports (RFC 9990, and RFC 7489 appendix C before it): the XML document into the report.
import { REPORT_LIMITS } from './limits.ts';
import type { DmarcDisposition, DmarcRecord, DmarcReport } from './report-types.ts';
import { childOf, readXml, textOf, type XmlElement } from './xml-tree.ts';

export type DmarcOutcome = { kind: 'report'; report: DmarcReport } | { kind: 'refused'; rule: string };

/** @param source the XML text */
export function parseDmarcReport(source: string): DmarcOutcome {
  const xml = readXml(source);
  if (xml.kind === 'refused') return xml;
  const root = xml.root;
  if (root.name !== 'feedback') return { kind: 'refused', rule: `root element feedback expected, found ${root.name.slice(0, 40)}` };
  const metadata = childOf(root, 'report_metadata');
  const range = childOf(metadata, 'date_range');
  const beginsAt = dateOf(textOf(range, 'begin'));
  const endsAt = dateOf(textOf(range, 'end'));
  if (!metadata || !beginsAt || !endsAt) return { kind: 'refused', rule: 'report_metadata with a date_range expected' };
  const published = childOf(root, 'policy_published');
  const domain = textOf(published, 'domain');
  if (!domain) return { kind: 'refused', rule: 'policy_published with a domain expected' };
  const records = root.children.filter(({ name }) => name === 'record');
  if (records.length > REPORT_LIMITS.dmarcRecords) return { kind: 'refused', rule: `more than ${REPORT_LIMITS.dmarcRecords} records` };
  return {
    kind: 'report',
    report: {
      version: textOf(root, 'version'),
      organization: textOf(metadata, 'org_name') ?? '',
      email: textOf(metadata, 'email'),
      extraContact: textOf(metadata, 'extra_contact_info'),
      reportId: textOf(metadata, 'report_id') ?? '',
      beginsAt,
      endsAt,
      errors: metadata.children.filter(({ name, text }) => name === 'error' && text !== '').map(({ text }) => text),
      generator: textOf(metadata, 'generator'),
      policy: policyOf(published!, domain),
      records: records.map(recordOf),
    },
  };
}

function policyOf(published: XmlElement, domain: string): DmarcReport['policy'] {
  return {
    domain,
    version: textOf(published, 'version_published'),
    discoveryMethod: textOf(published, 'discovery_method'),
    adkim: alignmentMode(textOf(published, 'adkim')),
    aspf: alignmentMode(textOf(published, 'aspf')),
    p: dispositionOf(textOf(published, 'p')),
    sp: dispositionOf(textOf(published, 'sp')),
    np: dispositionOf(textOf(published, 'np')),
    testing: /^y/i.test(textOf(published, 'testing') ?? textOf(published, 't') ?? ''),
    fo: textOf(published, 'fo'),
  };
}

function recordOf(record: XmlElement): DmarcRecord {
  const row = childOf(record, 'row');
  const evaluated = childOf(row, 'policy_evaluated');
  // RFC 7489's own example calls the element `identities`.
  const identifiers = childOf(record, 'identifiers') ?? childOf(record, 'identities');
  const results = childOf(record, 'auth_results');
  return {
    sourceIp: textOf(row, 'source_ip') ?? '',
    count: countOf(textOf(row, 'count')),
    disposition: dispositionOf(textOf(evaluated, 'disposition')),
    dkim: alignmentOf(textOf(evaluated, 'dkim')),
    spf: alignmentOf(textOf(evaluated, 'spf')),
    overrides: childrenOf(evaluated, 'reason').map((reason) => ({ type: textOf(reason, 'type') ?? '', comment: textOf(reason, 'comment') })),
    headerFrom: textOf(identifiers, 'header_from') ?? '',
    envelopeFrom: textOf(identifiers, 'envelope_from'),
    envelopeTo: textOf(identifiers, 'envelope_to'),
    dkimResults: childrenOf(results, 'dkim').map((dkim) => ({ ...resultOf(dkim), selector: textOf(dkim, 'selector') })),
    spfResults: childrenOf(results, 'spf').map((spf) => ({ ...resultOf(spf), scope: textOf(spf, 'scope') })),
  };
}

function resultOf(element: XmlElement): { domain: string; result: string; humanResult: string | null } {
  return { domain: textOf(element, 'domain') ?? '', result: (textOf(element, 'result') ?? '').toLowerCase(), humanResult: textOf(element, 'human_result') };
}

function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name).slice(0, 100) ?? [];
}

/** Seconds since 1970, as the schema has it, or an ISO date, as some reporters write. */
function dateOf(text: string | null): Date | null {
  if (text === null) return null;
  const date = /^\d{1,12}$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

function countOf(text: string | null): number {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : 0;
}

function dispositionOf(text: string | null): DmarcDisposition | null {
  const value = text?.toLowerCase();
  return value === 'none' || value === 'pass' || value === 'quarantine' || value === 'reject' ? value : null;
}

function alignmentOf(text: string | null): 'pass' | 'fail' | null {
  const value = text?.toLowerCase();
  return value === 'pass' || value === 'fail' ? value : null;
}

function alignmentMode(text: string | null): 'relaxed' | 'strict' | null {
  if (text === null) return null;
  return /^r/i.test(text) ? 'relaxed' : /^s/i.test(text) ? 'strict' : null;
}
