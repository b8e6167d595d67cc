// What an import needs to know of a message before it is stored: its id, when it arrived, and what tells it from others.
import { createHash } from 'node:crypto';

export interface MessageFacts {
  /** Message-ID without its brackets, as the mailbox index has it; '' for none. */
  internetId: string;
  /** Of the newest Received line, else of Date; null where neither says one that can be. */
  date: Date | null;
}

const EARLIEST = Date.UTC(1971, 0, 1);

/** @param now nothing arrived later */
export function messageFacts(raw: Buffer, now: Date): MessageFacts {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.toString('latin1', 0, Math.min(end < 0 ? raw.length : end, 262_144)).replace(/\r\n[ \t]+/g, ' ');
  const value = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim();
  const received = value('Received');
  const dates = [received?.slice(received.lastIndexOf(';') + 1), value('Date')].map((text) => (text === undefined ? Number.NaN : Date.parse(text.replace(/\([^)]*\)/g, '').trim())));
  const ms = dates.find((each) => each > EARLIEST && each <= now.getTime() + 86_400_000);
  return { internetId: (/<([^<>\s]+)>/.exec(value('Message-ID') ?? '')?.[1] ?? '').slice(0, 1000), date: ms === undefined ? null : new Date(ms) };
}

/** The same for the same message, whatever its line ends and the blank lines at its end. SHA-256 in base64. */
export function contentHash(raw: Buffer): string {
  const hash = createHash('sha256');
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === 0x0a || raw[end - 1] === 0x0d)) end -= 1;
  let start = 0;
  for (let at = raw.indexOf('\r\n'); at >= 0 && at < end; at = raw.indexOf('\r\n', at + 2)) {
    hash.update(raw.subarray(start, at));
    start = at + 1;
  }
  return hash.update(raw.subarray(start, end)).digest('base64');
}
