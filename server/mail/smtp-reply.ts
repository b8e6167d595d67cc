// SMTP replies (RFC 5321 4.2, RFC 2034/3463 enhanced codes): an incremental reader with limits, since the
// other side may be hostile. What a reply means for a delivery is classify-reply.ts.

export interface SmtpReply {
  /** 200 to 599. */
  code: number;
  /** `5.1.1`, or null when the reply carries none of its own class. */
  enhancedCode: string | null;
  /** The lines' text without codes, joined by `\n`. */
  text: string;
}

export type ReplyChunk = { kind: 'replies'; replies: SmtpReply[] } | { kind: 'fault'; rule: string };

/** RFC 5321 4.5.3.1.5 says 512 octets a line; some say more, none honest says this much. */
const MAX_LINE_OCTETS = 2_048;
const MAX_REPLY_OCTETS = 64 * 1024;
const MAX_REPLY_LINES = 250;

export interface ReplyReader {
  /** Takes what arrived; gives the replies that it completes. After a fault the connection is of no use. */
  push(chunk: Buffer): ReplyChunk;
  /** True while part of a reply has arrived. */
  readonly partial: boolean;
}

/** A reader for one connection. Lines may end in LF alone: harmless here, and some servers do. */
export function replyReader(): ReplyReader {
  let buffered = '';
  let lines: string[] = [];
  let octets = 0;
  let code = '';

  function takeLine(line: string): SmtpReply | null | { rule: string } {
    const match = /^([2-5][0-9]{2})(?:([ -])(.*))?$/s.exec(line);
    if (!match) return { rule: `not an SMTP reply: ${JSON.stringify(line.slice(0, 80))}` };
    if (lines.length > 0 && match[1] !== code) return { rule: 'the lines of a reply differ in their code' };
    code = match[1]!;
    lines.push(match[3] ?? '');
    octets += line.length;
    if (octets > MAX_REPLY_OCTETS || lines.length > MAX_REPLY_LINES) return { rule: 'reply too long' };
    if (match[2] === '-') return null;
    const reply = makeReply(Number(code), lines);
    lines = [];
    octets = 0;
    return reply;
  }

  return {
    push(chunk) {
      buffered += chunk.toString('latin1');
      const replies: SmtpReply[] = [];
      let start = 0;
      for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n', start)) {
        const line = buffered.slice(start, end > start && buffered[end - 1] === '\r' ? end - 1 : end);
        start = end + 1;
        if (line.length > MAX_LINE_OCTETS) return { kind: 'fault', rule: 'reply line too long' };
        const reply = takeLine(line);
        if (reply === null) continue;
        if ('rule' in reply) return { kind: 'fault', rule: reply.rule };
        replies.push(reply);
      }
      buffered = buffered.slice(start);
      if (buffered.length > MAX_LINE_OCTETS) return { kind: 'fault', rule: 'reply line too long' };
      return { kind: 'replies', replies };
    },
    get partial() {
      return buffered !== '' || lines.length > 0;
    },
  };
}

const ENHANCED = /^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|$)/;

function makeReply(code: number, lines: string[]): SmtpReply {
  // An enhanced code of another class than the basic one is an error of that server: the basic one counts.
  const found = ENHANCED.exec(lines[0]!)?.[1];
  const enhancedCode = found && found[0] === String(code)[0] ? found : null;
  const texts = lines.map((line) => readable(line.replace(ENHANCED, '')));
  return { code, enhancedCode, text: texts.join('\n').trim() };
}

/** UTF-8 where it is (RFC 6531 3.7.4), otherwise Latin-1; control characters become spaces. */
function readable(latin1: string): string {
  let text = latin1;
  if (/[\x80-\xff]/.test(latin1)) {
    const utf8 = Buffer.from(latin1, 'latin1').toString('utf8');
    if (!utf8.includes('\ufffd')) text = utf8;
  }
  return text.replace(/[\x00-\x1f\x7f\x80-\x9f]/g, ' ');
}

/**
 * Parses one whole reply as people quote it (a log line, a corpus, a bounce); lines by CRLF or LF.
 * @returns null when it does not begin with a reply code
 */
export function parseReplyText(text: string): SmtpReply | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const code = /^\s*([2-5][0-9]{2})(?=[ -]|$)/.exec(lines[0] ?? '')?.[1];
  if (code === undefined) return null;
  return makeReply(Number(code), lines.map((line) => line.trim().replace(new RegExp(`^${code}[ -]?`), '')));
}

/** More of a reply tells nobody anything, and a hostile server can send 64 KiB. */
const MAX_SHOWN = 1_000;

/** The reply on one line, bounded, as a log or a person reads it. */
export function formatReply(reply: SmtpReply): string {
  const line = [reply.code, reply.enhancedCode, reply.text.replaceAll('\n', ' ')].filter(Boolean).join(' ');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
