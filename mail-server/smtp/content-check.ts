// Watches message content as it streams in for what SMTP forbids. Owns the rules; the caller owns the bytes.
import type { Reply } from './reply-error.ts';

export interface ContentLimits {
  maxBytes: number;
  maxHeaderBytes: number;
  maxHeaderLines: number;
  /** More Received fields than this: the message goes round in circles (RFC 5321 6.3). */
  maxHops: number;
  /**
   * `strict` refuses a lone CR or LF, as a server that takes mail from strangers must (smuggling). `mend` lets
   * it pass: content of our own users becomes CRLF before it goes on, so that no two servers can disagree.
   */
  lineEnds: 'strict' | 'mend';
}

export const CONTENT_LIMITS: ContentLimits = {
  maxBytes: 50 * 1024 * 1024,
  maxHeaderBytes: 512 * 1024,
  maxHeaderLines: 5_000,
  maxHops: 100,
  lineEnds: 'strict',
};

const LF = 0x0a;
const CR = 0x0d;

/** Checks content in chunks. After `fault` is set the bytes are of no further interest. */
export class ContentCheck {
  bytes = 0;
  headerBytes = 0;
  fault: Reply | null = null;
  private readonly limits: ContentLimits;
  private lastByte = -1;
  private inHeader = true;
  private headerLines = 0;
  private hops = 0;
  /** The bytes of the header line being read, up to a length that tells an empty or a Received line. */
  private line = '';

  constructor(limits: ContentLimits = CONTENT_LIMITS) {
    this.limits = limits;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.fault) return;
    if (this.bytes > this.limits.maxBytes) return this.fail(552, `5.3.4 Message larger than ${this.limits.maxBytes} bytes`);
    if (chunk.includes(0)) return this.fail(550, '5.6.0 Message contains NUL bytes (RFC 5321 4.5.2)');
    if (this.limits.lineEnds === 'strict') this.checkLineEnds(chunk);
    if (this.inHeader && !this.fault) this.checkHeader(chunk);
    this.lastByte = chunk[chunk.length - 1] ?? this.lastByte;
  }

  /** Call once after the last chunk. */
  end(): void {
    if (this.limits.lineEnds === 'strict' && !this.fault && this.lastByte === CR) this.fail(550, BARE_CR);
  }

  private checkLineEnds(chunk: Buffer): void {
    if (this.lastByte === CR && chunk[0] !== LF) return this.fail(550, BARE_CR);
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.lastByte : chunk[at - 1]) !== CR) return this.fail(550, BARE_LF);
    }
    for (let at = chunk.indexOf(CR); at >= 0 && at < chunk.length - 1; at = chunk.indexOf(CR, at + 1)) {
      if (chunk[at + 1] !== LF) return this.fail(550, BARE_CR);
    }
  }

  private checkHeader(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(LF, start);
      if (this.line.length < 10) this.line += chunk.toString('latin1', start, Math.min(end < 0 ? chunk.length : end + 1, start + 10));
      this.headerBytes += (end < 0 ? chunk.length : end + 1) - start;
      if (this.headerBytes > this.limits.maxHeaderBytes) {
        return this.fail(552, `5.3.4 Header section larger than ${this.limits.maxHeaderBytes} bytes`);
      }
      if (end < 0) return;
      if (this.line === '\r\n' || this.line === '\n') {
        this.inHeader = false;
        return;
      }
      this.headerLines += 1;
      if (/^received:/i.test(this.line)) this.hops += 1;
      this.line = '';
      start = end + 1;
      if (this.headerLines > this.limits.maxHeaderLines) {
        return this.fail(552, `5.3.4 More than ${this.limits.maxHeaderLines} header lines`);
      }
      if (this.hops > this.limits.maxHops) return this.fail(554, `5.4.6 More than ${this.limits.maxHops} Received fields: a mail loop`);
    }
  }

  private fail(code: number, text: string): void {
    this.fault = { code, text };
  }
}

const BARE_LF = '5.5.2 Line feed without carriage return in the message: lines end with CRLF (RFC 5321 2.3.8)';
const BARE_CR = '5.5.2 Carriage return without line feed in the message: lines end with CRLF (RFC 5321 2.3.8)';
