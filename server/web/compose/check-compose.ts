// The rules that a message must keep before it is built: senders, recipients, sizes. Every fault names its field.
import { parseAddress } from '../../mail/address.ts';
import { COMPOSE_LIMITS, type ComposeFieldsFull } from '../contract/compose.ts';
import type { FieldFault } from '../contract/errors.ts';
import type { Identity } from '../contract/session.ts';

export interface CheckedRecipients {
  to: { name: string; address: string }[];
  cc: { name: string; address: string }[];
  bcc: { name: string; address: string }[];
}

export type ComposeCheck =
  | { kind: 'ok'; from: Identity; recipients: CheckedRecipients; envelope: string[] }
  | { kind: 'faulty'; fields: FieldFault[] };

/**
 * Checks what is to be sent.
 * @param identities the addresses that the account may send from, the main one among them
 */
export function checkCompose(fields: ComposeFieldsFull, identities: Identity[]): ComposeCheck {
  const faults: FieldFault[] = [];
  const from = fields.from === undefined ? identities.find((identity) => identity.main) : findIdentity(identities, fields.from);
  if (!from) faults.push({ field: 'from', rule: `this account may not send as ${fields.from ?? 'anybody'}` });
  const recipients: CheckedRecipients = { to: [], cc: [], bcc: [] };
  const envelope = new Map<string, string>();
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const [index, recipient] of fields[kind].entries()) {
      const parsed = parseAddress(recipient.address);
      if (parsed.kind === 'invalid') {
        faults.push({ field: `${kind}.${index}.address`, rule: `“${recipient.address.slice(0, 100)}”: ${parsed.rule}` });
        continue;
      }
      recipients[kind].push({ name: oneLine(recipient.name), address: parsed.value.address });
      envelope.set(parsed.value.address.toLowerCase(), parsed.value.address);
    }
  }
  if (faults.length === 0 && envelope.size === 0) faults.push({ field: 'to', rule: 'name at least one recipient' });
  if (envelope.size > COMPOSE_LIMITS.recipients) faults.push({ field: 'to', rule: `at most ${COMPOSE_LIMITS.recipients} recipients` });
  return faults.length > 0 || !from ? { kind: 'faulty', fields: faults } : { kind: 'ok', from, recipients, envelope: [...envelope.values()] };
}

function findIdentity(identities: Identity[], address: string): Identity | undefined {
  const parsed = parseAddress(address);
  const wanted = (parsed.kind === 'address' ? parsed.value.address : address).toLowerCase();
  return identities.find((identity) => identity.address.toLowerCase() === wanted);
}

/** Names and subjects are one line in a header: line breaks and other controls become spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
