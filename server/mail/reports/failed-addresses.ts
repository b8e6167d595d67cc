// Finds the addresses that a report in words is about, and what it says of each: a table of how reporters name a
// recipient, from most to least certain.

export interface NamedAddress {
  recipient: string;
  /** The lines that belong to it, from the one that names it. */
  block: string;
}

const ADDRESS = '(?:"[^"\\s]{1,64}"|[^\\s<>()"\'\\[\\];:,|\\\\]{1,64})@[A-Za-z0-9\\u0080-\\uffff](?:[A-Za-z0-9._\\u0080-\\uffff-]{0,250}[A-Za-z0-9\\u0080-\\uffff])?';
const BRACKETED = `[<"'(\\[]{0,2}(?:mailto:|smtp:)?(${ADDRESS})[>"')\\]]{0,2}`;

/** How a line names a recipient; the address is the first group. */
const NAMING: readonly { name: string; pattern: RegExp }[] = [
  { name: 'command echoed', pattern: new RegExp(`(?:rcpt|recipient) ?to:? ?${BRACKETED}`, 'i') },
  { name: 'labelled', pattern: new RegExp(`^\\W{0,8}(?:(?:final|original|failed|intended|invalid)[- ])?(?:recipients?|addressee|rcpt|to)(?: e-?mail)?(?: address(?:es)?)?(?:\\(s\\))?\\s{0,3}[:=]\\s{0,8}(?:rfc822; ?)?${BRACKETED}`, 'i') },
  { name: 'sentence', pattern: new RegExp(`(?:deliver(?:ing|ed|y)?|sending|sent|send|forward(?:ed|ing)?)(?: (?:your|the|a|this|of the))?(?: (?:mail|message|e-?mail))? (?:to|for):? ${BRACKETED}`, 'i') },
  { name: 'refused recipient', pattern: new RegExp(`(?:recipients?(?: address)?|gateway for|errors?:|user|address|mailbox|account|users?:|attempts:|size:)\\s{1,4}${BRACKETED}`, 'i') },
  { name: 'reply about it', pattern: new RegExp(`^\\s{0,8}(?:<<< )?[45]\\d\\d[ -](?:[45]\\.\\d{1,3}\\.\\d{1,3} )?${BRACKETED}`, 'i') },
  { name: 'first on its line', pattern: new RegExp(`^\\s{0,12}(?:[*•·-]\\s{1,4})?${BRACKETED}(?=$|[\\s:;,.(])`, 'i') },
  { name: 'last on its line', pattern: new RegExp(`[:\\s]${BRACKETED}[.;,]?\\s{0,8}$`, 'i') },
];

/** Lines that name the sender or somebody to ask. */
const NOT_RECIPIENT = /^\s*(?:from|sender|reply-to|return-path|message-id|x-[a-z-]+|received|dkim-\S+|subject|arrival-date|date|cc|envelope-from|mail from|>>> mail|reporting-mta)\b ?:?|\((?:ultimately )?(?:generated|expanded)|^\s*(?:original sender|sender-mta)|^\s*(?:generated|expanded|forwarded) (?:by|from)|contact|help|assistance|problem report|send (?:mail|an? e-?mail|a message) to|forward (?:this|it)|\bby .{1,80} with \w*smtp|mail from:|message sent by|questions|administrator|postmaster (?:at|for)/i;

/** The header of the message, told again: its `To` need not be the address that failed. */
const ECHO = /^\s*to:/i;

const MAX_LINES = 2_000;

/**
 * @param senders addresses that cannot be meant as long as there are others: who the report went to and came from
 */
export function failedAddresses(text: string, senders: readonly string[]): NamedAddress[] {
  const lines = text.split('\n', MAX_LINES).map((line) => line.slice(0, 1_000));
  const hits = lines.flatMap((line, at) => {
    if (!line.includes('@') || NOT_RECIPIENT.test(line)) return [];
    for (const { name, pattern } of NAMING) {
      const found = pattern.exec(line)?.[1];
      if (found && /[^*@]/.test(found.split('@', 1)[0]!)) return [{ at, closes: name === 'reply about it', echo: ECHO.test(line) && /^\s*(?:subject|sent|date|cc):/i.test(lines[at + 1] ?? ''), address: tidy(found) }];
    }
    return [];
  });
  const excluded = new Set(senders.map((sender) => sender.toLowerCase()));
  const others = hits.filter(({ address }) => !excluded.has(address.toLowerCase()) && !/^(?:mailer-daemon|postmaster|abuse)@/i.test(address));
  const sure = others.filter(({ echo }) => !echo);
  return blocks(lines, sure.length > 0 ? sure : others.length > 0 ? others : hits);
}

function tidy(address: string): string {
  return address.replace(/[.>]+$/, '').replace(/^["'<(]+(?=[^"]*$)/, '');
}

/** The lines up to the next address. */
function blocks(lines: string[], hits: { at: number; closes: boolean; address: string }[]): NamedAddress[] {
  const found = new Map<string, NamedAddress>();
  for (const [index, { at, closes, address }] of hits.entries()) {
    const end = hits[index + 1]?.at ?? lines.length;
    // An old transcript ends with the line that names the address.
    const block = closes ? lines.slice((hits[index - 1]?.at ?? -1) + 1, at + 1).join('\n') : lines.slice(at, Math.max(end, at + 1)).join('\n');
    const key = address.toLowerCase();
    const known = found.get(key);
    if (known) known.block += `\n${block}`;
    else found.set(key, { recipient: address, block });
  }
  return [...found.values()];
}
