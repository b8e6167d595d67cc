// An mbox file of any dialect (mboxo, mboxrd, mboxcl) or a single message, read as it comes in: one message in memory.

export interface MboxMessage {
  /** With CRLF line ends and without the quoting; null when it was too large. */
  raw: Buffer | null;
  /** When it arrived, as the separating line says; null where that says nothing. */
  date: Date | null;
  /** Where the next message begins, in bytes: reading can begin there. */
  nextOffset: number;
}

/** A line that separates: `From `, somebody, and a time with its year (RFC 4155 and the dialects before it). */
const SEPARATOR = /^From .*\b\d{1,2}:\d{2}(?::\d{2})?\b.*\b\d{4}\b/;

/**
 * @param chunks the file's bytes from `offset` on, which must be 0 or a `nextOffset`
 * @param maxBytes a longer message is passed over
 */
export async function* readMbox(chunks: AsyncIterable<Uint8Array>, offset: number, maxBytes: number): AsyncGenerator<MboxMessage> {
  let message: Collected | null = null;
  let afterBlank = true;
  let at = offset;
  for await (const line of linesOf(chunks)) {
    const separates = afterBlank && line[0] === 0x46 && SEPARATOR.test(line.toString('latin1', 0, 300));
    if (separates) {
      if (message && message.lines > 0) yield message.end(at);
      message = new Collected(dateOf(line.toString('latin1').trim()), maxBytes, true);
    } else {
      // A file without separating lines is one message.
      message ??= new Collected(null, maxBytes, false);
      message.add(line);
    }
    at += line.length;
    afterBlank = line.length <= 2 && /^\r?\n$/.test(line.toString('latin1'));
  }
  if (message && message.lines > 0) yield message.end(at);
}

class Collected {
  readonly #date: Date | null;
  readonly #maxBytes: number;
  readonly #quoted: boolean;
  #parts: Buffer[] = [];
  #bytes = 0;
  lines = 0;

  constructor(date: Date | null, maxBytes: number, quoted: boolean) {
    this.#date = date;
    this.#maxBytes = maxBytes;
    this.#quoted = quoted;
  }

  add(line: Buffer): void {
    // Blank lines before the head belong to nobody.
    if (this.lines === 0 && /^\r?\n$/.test(line.toString('latin1', 0, 3))) return;
    this.lines += 1;
    const unquoted = this.#quoted && /^>+From /.test(line.toString('latin1', 0, 80)) ? line.subarray(1) : line;
    const text = unquoted.at(-1) === 0x0a && unquoted.at(-2) !== 0x0d ? Buffer.concat([unquoted.subarray(0, -1), Buffer.from('\r\n')]) : unquoted;
    this.#bytes += text.length;
    if (this.#bytes > this.#maxBytes) this.#parts = [];
    else this.#parts.push(text);
  }

  end(nextOffset: number): MboxMessage {
    if (this.#bytes > this.#maxBytes) return { raw: null, date: this.#date, nextOffset };
    const raw = Buffer.concat(this.#parts);
    // The blank line before the next separator is the file's.
    const end = this.#quoted && raw.subarray(-4).toString('latin1') === '\r\n\r\n' ? raw.length - 2 : raw.length;
    return { raw: raw.subarray(0, end), date: this.#date, nextOffset };
  }
}

const LONGEST_LINE = 4 * 1024 * 1024;

/** Lines with their ends; one without an end in sight is cut. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(0x0a, start); end >= 0; end = bytes.indexOf(0x0a, start)) {
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST_LINE) {
      yield rest;
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield rest;
}

/** The separating line's time, in UTC unless it has a zone of its own. */
function dateOf(line: string): Date | null {
  const match = /\b([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(?:([+-]\d{4})\s+)?(?:[A-Z]{3,4}\s+)?(\d{4})\s*([+-]\d{4})?/.exec(line);
  const date = match ? new Date(`${match[2]} ${match[1]} ${match[5]} ${match[3]} ${match[4] ?? match[6] ?? '+0000'}`) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}
