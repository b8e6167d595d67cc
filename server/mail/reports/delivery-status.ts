// The machine-readable part of a delivery status notification (RFC 3464 2, RFC 6533 for UTF-8): fields by
// recipient, as written. What they mean is classify-bounce.ts.
import { type HeaderField, headerValue, parseHeaderText } from '../header.ts';
import { REPORT_LIMITS } from './limits.ts';

export interface StatusRecipient {
  finalRecipient: string;
  originalRecipient: string | null;
  /** In lower case; empty when absent. */
  action: string;
  /** As written: `5.1.1`, perhaps with a comment; empty when absent. */
  status: string;
  diagnosticType: string;
  diagnostic: string;
  remoteMta: string | null;
  /** PowerMTA's own field for the cause; empty when absent. */
  category: string;
}

export interface DeliveryStatus {
  reportingMta: string | null;
  originalEnvelopeId: string | null;
  arrivalDate: string | null;
  recipients: StatusRecipient[];
}

const RECIPIENT_FIELDS = new Set(['final-recipient', 'original-recipient', 'x-actual-recipient', 'action', 'status', 'diagnostic-code', 'remote-mta']);

/** @param text the part's body, LF line ends */
export function parseDeliveryStatus(text: string): DeliveryStatus {
  const groups = text.slice(0, REPORT_LIMITS.textOctets).split(/\n(?:[ \t]*\n)+/).flatMap((group) => {
    const fields = parseHeaderText(`${group.replace(/^\n+/, '').replaceAll('\n', '\r\n')}\r\n`);
    return splitRecipients(fields);
  });
  const all = groups.flat();
  const recipients = groups
    .filter((fields) => headerValue(fields, 'final-recipient') !== undefined || headerValue(fields, 'original-recipient') !== undefined)
    .slice(0, REPORT_LIMITS.recipients)
    .map(recipientOf);
  return {
    reportingMta: typed(headerValue(all, 'reporting-mta')),
    originalEnvelopeId: headerValue(all, 'original-envelope-id') ?? headerValue(all, 'x-original-envelope-id') ?? null,
    arrivalDate: headerValue(all, 'arrival-date') ?? null,
    recipients,
  };
}

/** Some reporters leave out the empty line between recipients: a field that comes twice starts the next one. */
function splitRecipients(fields: HeaderField[]): HeaderField[][] {
  const groups: HeaderField[][] = [[]];
  let seen = new Set<string>();
  for (const field of fields) {
    const name = field.name.toLowerCase();
    if (name === 'final-recipient' || name === 'original-recipient') {
      if (seen.has(name)) {
        groups.push([]);
        seen = new Set();
      }
    }
    if (RECIPIENT_FIELDS.has(name)) seen.add(name);
    groups.at(-1)!.push(field);
  }
  return groups;
}

function recipientOf(fields: HeaderField[]): StatusRecipient {
  const original = typed(headerValue(fields, 'original-recipient'));
  const diagnostic = headerValue(fields, 'diagnostic-code') ?? '';
  const type = /^\s*([A-Za-z0-9-]{1,30})\s*;/.exec(diagnostic);
  return {
    finalRecipient: address(typed(headerValue(fields, 'final-recipient')) ?? original ?? ''),
    originalRecipient: original === null ? null : address(original),
    action: /^[a-z]+/.exec((headerValue(fields, 'action') ?? '').toLowerCase())?.[0] ?? '',
    status: headerValue(fields, 'status') ?? '',
    diagnosticType: type?.[1]?.toLowerCase() ?? '',
    diagnostic: (type ? diagnostic.slice(type[0].length) : diagnostic).trim(),
    remoteMta: typed(headerValue(fields, 'remote-mta')),
    category: (headerValue(fields, 'x-powermta-bouncecategory') ?? '').toLowerCase(),
  };
}

/** The value after its type, `dns; mx.example.com`; values without a type are taken as they are. */
function typed(value: string | undefined): string | null {
  if (value === undefined) return null;
  const text = value.replace(/^[^;]{0,30};/, '').trim();
  return text === '' ? null : text;
}

function address(value: string): string {
  return (/<([^<>]{1,900})>/.exec(value)?.[1] ?? value).trim();
}
