// Who a conversation is with, as a list row says it: short, newest last, oneself as "Me".
import type { MailAddress } from '../../../../server/web/contract/shapes.ts';

export interface Participant extends MailAddress {
  self: boolean;
}

/** What to call someone in full: the name, or the address's local part. */
export function nameOf(person: MailAddress): string {
  return person.name.trim() || person.address.split('@')[0] || person.address;
}

/** The first name, where a name has several words and isn't "Last, First" or a company's. */
export function shortName(person: MailAddress): string {
  const name = nameOf(person);
  const parts = /^([^,]+),\s*(\S+)/.exec(name);
  if (parts?.[2]) return parts[2];
  return name.split(/\s+/)[0] ?? name;
}

/**
 * Names in a row. One person is named in full, more by their first names; beyond three, the first and the last two.
 * In Sent and Drafts the others are named, unless it is a note to oneself.
 */
export function rowNames(participants: readonly Participant[], me: string, othersOnly: boolean): string[] {
  const others = participants.filter((person) => !person.self);
  const shown = othersOnly && others.length > 0 ? others : participants;
  if (shown.length === 0) return [];
  const single = shown.length === 1;
  const names = shown.map((person) => (person.self ? me : single ? nameOf(person) : shortName(person)));
  if (names.length <= 3) return names;
  return [names[0]!, '…', ...names.slice(-2)];
}

/** The person whose avatar stands for the conversation: the newest who isn't oneself. */
export function facePerson(participants: readonly Participant[]): Participant | undefined {
  return participants.findLast((person) => !person.self) ?? participants.at(-1);
}
