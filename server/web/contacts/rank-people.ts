// Whom an account may want to write to, by use: correspondents, contacts and groups in one list, with the words that
// find them. Pure. There is no other source of suggestions.
import type { ContactHead } from '../../contacts/contact.store.ts';
import type { GroupRow } from '../../contacts/group.store.ts';
import { wordsOf } from '../../mail/person-words.ts';
import type { MailAddress } from '../contract/shapes.ts';
import type { Correspondent } from './correspondent.store.ts';

export interface Ranked extends MailAddress {
  score: number;
  /** Name and address in lower case, words at their starts. */
  words: string[];
  /** The account has written to them. */
  writtenTo: boolean;
  /** The contact that has this address. */
  contactId?: string;
  /** Of a group, whose address is ''. */
  members?: MailAddress[];
}

/** Machines that nobody writes to. */
const NO_REPLY = /^(?:no-?_?reply|do-?not-?reply|mailer-daemon|bounces?|notifications?)(?:[+@._-]|$)/i;
const WRITTEN = 10;
const HEARD = 1;
/** Who was put among the contacts comes before who merely wrote once or twice. */
const KEPT = 3;

/** One entry per address and group: writing to somebody counts ten times as much as hearing from them. */
export function rankPeople(rows: readonly Correspondent[], contacts: readonly ContactHead[] = [], groups: readonly GroupRow[] = []): Ranked[] {
  const byAddress = rankCorrespondents(rows);
  for (const contact of contacts) addContact(byAddress, contact);
  const people = [...byAddress.values()];
  return [...people, ...groups.flatMap((group) => rankGroup(group, contacts, byAddress))].sort((a, b) => b.score - a.score);
}

function rankCorrespondents(rows: readonly Correspondent[]): Map<string, Ranked> {
  const byAddress = new Map<string, Ranked>();
  for (const [position, row] of rows.entries()) {
    const key = row.address.toLowerCase();
    if (!row.writtenTo && NO_REPLY.test(key)) continue;
    const recency = 1 - position / (2 * rows.length);
    const weight = (row.writtenTo ? WRITTEN : HEARD) * recency;
    const known = byAddress.get(key);
    if (known) {
      known.score += weight;
      known.writtenTo ||= row.writtenTo;
      // Rows come newest first: the newest name that there is stays.
      if (known.name === '') Object.assign(known, { name: row.name, words: wordsOf(`${row.name} ${key}`) });
    } else byAddress.set(key, { name: row.name, address: row.address, score: weight, writtenTo: row.writtenTo, words: wordsOf(`${row.name} ${key}`) });
  }
  return byAddress;
}

/** The contact's name is the account's own choice: it wins over what mail says. */
function addContact(byAddress: Map<string, Ranked>, { id, name, card }: ContactHead): void {
  for (const { address } of card.addresses) {
    const key = address.toLowerCase();
    const known = byAddress.get(key);
    const shown = name === address ? '' : name;
    byAddress.set(key, {
      name: shown || (known?.name ?? ''), address, score: (known?.score ?? 0) + KEPT, writtenTo: known?.writtenTo ?? false, contactId: id,
      words: wordsOf(`${shown} ${known?.name ?? ''} ${key} ${card.organization}`),
    });
  }
}

/** Each member by the address that is used most; as likely as its members are on average. */
function rankGroup(group: GroupRow, contacts: readonly ContactHead[], byAddress: ReadonlyMap<string, Ranked>): Ranked[] {
  const members = contacts
    .filter(({ groupIds }) => groupIds.includes(group.id))
    .flatMap(({ card }) => card.addresses.map(({ address }) => byAddress.get(address.toLowerCase())!).toSorted((a, b) => b.score - a.score).slice(0, 1));
  if (members.length === 0) return [];
  const score = members.reduce((sum, member) => sum + member.score, 0) / members.length;
  return [{ name: group.name, address: '', score, writtenTo: false, words: wordsOf(group.name), members: members.map(({ name, address }) => ({ name, address })) }];
}
