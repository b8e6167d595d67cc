// The header of a raw message: reading just that much of a stream, unfolding, finding fields. Tolerant: whatever
// stands there is text.
import type { Readable } from 'node:stream';

/** Real headers stay below 64 KB; a bomb is cut here. */
const MAX_HEADER_BYTES = 256 * 1024;

export type HeaderFields = { name: string; value: string }[];

/** Reads the header of a message from its source and lets the rest go. */
export async function readHeaderBlock(source: Readable): Promise<HeaderFields> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      total += chunk.length;
      if (total >= MAX_HEADER_BYTES || /\r?\n\r?\n/.test(Buffer.concat(chunks.slice(-2)).toString('latin1'))) break;
    }
  } finally {
    source.destroy();
  }
  return parseHeader(Buffer.concat(chunks).subarray(0, MAX_HEADER_BYTES));
}

/** Fields in order, names in lower case, values unfolded (RFC 5322 2.2.3). Raw 8-bit bytes are read as UTF-8. */
export function parseHeader(bytes: Uint8Array): HeaderFields {
  const text = new TextDecoder('utf-8').decode(bytes);
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields: HeaderFields = [];
  for (const line of text.slice(0, end).replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    fields.push({ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() });
  }
  return fields;
}

/** The first field of that name, or null. */
export function firstField(fields: HeaderFields, name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}
