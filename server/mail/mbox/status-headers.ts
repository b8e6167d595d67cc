// The headers by which mbox files carry what a mailbox knows of a message: Status and X-Status (mutt, Dovecot, Pine),
// X-Mozilla-Status and -Keys (Thunderbird), X-Keywords, X-Gmail-Labels (Google Takeout). Not part of the message itself.

export interface MailState {
  seen: boolean;
  starred: boolean;
  answered: boolean;
  draft: boolean;
  forwarded: boolean;
  /** Marked for removal, and no longer shown where it came from. */
  expunged: boolean;
  /** IMAP keywords. */
  keywords: string[];
  /** Names of labels, as Gmail has them. */
  labels: string[];
}

const NAMES = /^(?:status|x-status|x-mozilla-status2?|x-mozilla-keys|x-keywords|x-gmail-labels|x-gm-thrid|x-uid|x-uidvalidity|x-imap|x-imapbase|content-length):/i;
/** RFC 9051 section 2.3.2: an atom. */
const KEYWORD = /^[^\s\p{Cc}(){%*"\\\]]{1,100}$/u;

export interface SplitMessage {
  /** Without these headers. */
  raw: Buffer;
  /** Null: the file says nothing of it. */
  state: MailState | null;
}

/** Takes these headers out of a message's head. Line ends stay as they are. */
export function takeStatusHeaders(raw: Buffer): SplitMessage {
  const end = headEnd(raw);
  const head = raw.toString('latin1', 0, end);
  const kept: string[] = [];
  const found = new Map<string, string>();
  for (const field of head.split(/(?<=\n)(?![ \t])/)) {
    if (!NAMES.test(field)) kept.push(field);
    else found.set(field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).replace(/\r?\n/g, '').trim());
  }
  if (found.size === 0) return { raw, state: null };
  return { raw: Buffer.concat([Buffer.from(kept.join(''), 'latin1'), raw.subarray(end)]), state: stateOf(found) };
}

/** Where the header block ends: after the line end of its last field. */
function headEnd(raw: Buffer): number {
  const lf = raw.indexOf('\n\n');
  const crlf = raw.indexOf('\r\n\r\n');
  const ends = [...(lf < 0 ? [] : [lf + 1]), ...(crlf < 0 ? [] : [crlf + 2])];
  return ends.length > 0 ? Math.min(...ends) : raw.length;
}

function stateOf(found: ReadonlyMap<string, string>): MailState | null {
  const status = found.get('status');
  const xStatus = found.get('x-status') ?? '';
  const mozilla = found.get('x-mozilla-status');
  const gmail = found.get('x-gmail-labels');
  if (status === undefined && mozilla === undefined && gmail === undefined && xStatus === '' && !found.has('x-keywords')) return null;
  const bits = Number.parseInt(mozilla ?? '0', 16) || 0;
  const labels = gmail === undefined ? [] : gmail.split(',').map((name) => name.trim()).filter(Boolean);
  const has = (name: string) => labels.some((label) => label.toLowerCase() === name);
  const words = [...(found.get('x-keywords') ?? '').split(/[\s,]+/), ...(found.get('x-mozilla-keys') ?? '').split(/\s+/)];
  return {
    seen: (status?.includes('R') ?? false) || (bits & 0x1) !== 0 || (gmail !== undefined && !has('unread')),
    answered: xStatus.includes('A') || (bits & 0x2) !== 0,
    starred: xStatus.includes('F') || (bits & 0x4) !== 0 || has('starred'),
    draft: xStatus.includes('T') || has('drafts'),
    forwarded: (bits & 0x1000) !== 0 || words.includes('$Forwarded'),
    expunged: (bits & 0x8) !== 0,
    keywords: [...new Set(words.filter((word) => KEYWORD.test(word) && !/^(\$forwarded|nonjunk|junk)$/i.test(word)))],
    labels,
  };
}

/** The same as header lines, for export; `keywords` beyond what one line holds are left out. */
export function statusHeaders(state: Omit<MailState, 'expunged' | 'labels'>): string {
  const flags = [state.answered && 'A', state.starred && 'F', state.draft && 'T'].filter(Boolean).join('');
  const words = [...(state.forwarded ? ['$Forwarded'] : []), ...state.keywords.filter((word) => KEYWORD.test(word))];
  return [`Status: ${state.seen ? 'RO' : 'O'}`, ...(flags ? [`X-Status: ${flags}`] : []), ...(words.length > 0 ? [`X-Keywords: ${words.join(' ').slice(0, 900)}`] : [])].map((line) => `${line}\n`).join('');
}
