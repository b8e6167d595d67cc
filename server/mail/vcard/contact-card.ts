// What Eider knows of a person, apart from any version of vCard: what can be edited, and the rest as it came.

/** `home`, `work`, `mobile`, … or the user's own word; '' for none. Lower case where it is one of vCard's. */
export type CardLabel = string;

export interface CardAddress {
  address: string;
  label: CardLabel;
}

export interface CardPhone {
  number: string;
  label: CardLabel;
}

export interface CardPhoto {
  contentType: string;
  base64: string;
}

/** A property in jCard's form (RFC 7095 section 3.3): name, parameters, value type, values. */
export type CardProperty = [name: string, parameters: Record<string, string | string[]>, type: string, ...values: unknown[]];

export interface ContactCard {
  /** Stable between exports (RFC 6350 section 6.7.6). */
  uid: string;
  /** As it is shown (FN). */
  name: string;
  given: string;
  family: string;
  /** Parts of the name that are kept, not edited: additional names, prefix, suffix (N's last three). */
  nameRest: [additional: string, prefix: string, suffix: string];
  organization: string;
  title: string;
  note: string;
  /** The preferred one first. */
  addresses: CardAddress[];
  phones: CardPhone[];
  photo: CardPhoto | null;
  /** Everything else, kept for the next export. */
  others: CardProperty[];
}

/** The name to show where a card gives none: its parts, organisation or first address. */
export function nameOf(card: Pick<ContactCard, 'name' | 'given' | 'family' | 'organization' | 'addresses'>): string {
  return card.name || [card.given, card.family].filter(Boolean).join(' ') || card.organization || (card.addresses[0]?.address ?? '');
}
