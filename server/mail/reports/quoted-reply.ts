// The SMTP reply that a report quotes in words, and the command that it answered: tables of how mail servers
// write them down.
import type { SmtpCommand } from '../reply-rules.ts';

export interface QuotedReply {
  /** Three digits, or empty. */
  code: string;
  /** `5.1.1`, or empty. */
  enhancedCode: string;
  /** On one line, without the codes of later lines. */
  text: string;
}

const CODE = '([45][0-5]\\d)';
const ENHANCED = `(?:[ :#'"-]{1,3}\\(?#?([245]\\.\\d{1,3}\\.\\d{1,3})\\)?)?`;

/** Where replies stand, the surest first. Groups: code, enhanced code. */
const QUOTED: readonly RegExp[] = [
  new RegExp(`(?:said|responded|replied|returned|response|was|were|reads?|follows|error|message|reason|diagnostic[- ]code|gave|got)(?: is| was)?:?[ "'(\\[\\n]{1,4}(?:(?:smtp|x-\\w+);? ?)?(?:${CODE} )?${CODE}(?=[ :-])${ENHANCED}`, 'i'),
  new RegExp(`<<< ?()${CODE}(?=[ -])${ENHANCED}`, 'i'),
  new RegExp(`(?:received|answer(?:ed)?|smtp error|status|err(?:or)?_?code) ?(?:>>>|<<<|:|;|=)? ?()${CODE}(?=[ ,:-])${ENHANCED}`, 'i'),
  new RegExp(`(?:smtp|x-\\w{1,20}); ?(?:()${CODE}(?=[ -]))${ENHANCED}`, 'i'),
  new RegExp(`(?:^|\\n)[ \\t>*"'(-]{0,12}()${CODE}(?=[ -][^\\d]|[ -][45]\\.|: )${ENHANCED}`, 'i'),
  new RegExp(`[:>;,\\]\\[(] ?()${CODE}(?=[ -](?:[45]\\.\\d|[^\\d\\s]))${ENHANCED}`, 'i'),
  new RegExp(`\\s()${CODE}(?=-['"<])${ENHANCED}`, 'i'),
];
const ENHANCED_ALONE = /(?:^|[\s(#<:;,'"[])([245]\.\d{1,2}\.\d{1,3})(?![.\d])/;

/** The end of what was said: an empty line, the next step of a transcript, another sentence of the reporter. */
const ENDS = /\n\s*\n|\n(?:Warning:|>>>|<<< (?:503|502|221)|\.\.\. while|--|Giving up|I'm not going)|\(in reply to|\n\s{0,8}[45]\d\d [^\n]{0,200}\.\.\.|\n\*{3}|\n={3,}/;

/** @param block the lines about one recipient */
export function quotedReply(block: string): QuotedReply | null {
  for (const pattern of QUOTED) {
    const match = pattern.exec(block);
    if (!match) continue;
    const from = match.index + match[0].length;
    const rest = block.slice(from, from + 3_000);
    const end = ENDS.exec(rest)?.index ?? rest.length;
    return { code: match[2]!, enhancedCode: match[3] ?? enhancedAlone(rest.slice(0, 200)), text: joinLines(rest.slice(0, end), match[2]!) };
  }
  return null;
}

/** An enhanced status code anywhere in the text, or empty. */
export function enhancedAlone(text: string): string {
  return ENHANCED_ALONE.exec(text)?.[1] ?? '';
}

function joinLines(text: string, code: string): string {
  return text
    .replace(new RegExp(`(?:\\n\\s*|\\s)(?:<<< ?)?${code}[ -](?:[245]\\.\\d{1,3}\\.\\d{1,3})?`, 'g'), ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ :'-]+/, '')
    .trim();
}

/** How reporters name the command; the first that matches tells. */
const COMMANDS: readonly { pattern: RegExp; command: SmtpCommand }[] = [
  { pattern: /in reply to (?:the )?(?:end of data|data|bdat)|\(in reply\s+to\s+(?:end\s+of\s+)?data/i, command: 'DATA' },
  { pattern: /in\s+reply\s+to\s+(?:end\s+of\s+)?data/i, command: 'DATA' },
  { pattern: /in\s+reply\s+to\s+rcpt/i, command: 'RCPT' },
  { pattern: /in\s+reply\s+to\s+mail/i, command: 'MAIL' },
  { pattern: /in\s+reply\s+to\s+(?:he|eh|lh)lo/i, command: 'EHLO' },
  { pattern: /in\s+reply\s+to\s+(?:initial|conn)|refused\s+to\s+talk\s+to\s+me/i, command: 'CONN' },
  { pattern: /after (?:pipelined )?(?:end of data|data|sending data|bdat)/i, command: 'DATA' },
  { pattern: /after (?:pipelined )?rcpt/i, command: 'RCPT' },
  { pattern: /after (?:pipelined )?mail/i, command: 'MAIL' },
  { pattern: /after (?:eh|he)lo/i, command: 'EHLO' },
  { pattern: /after (?:initial )?connect/i, command: 'CONN' },
  { pattern: /did not like our rcpt|mail delivery agent at messagelabs|\[rcpt_to\]|does not like recipient|rejected recipient|smtp:rcpt|following rcpt|rcpt command/i, command: 'RCPT' },
  { pattern: /did not like our mail|\[mail_from\]|does not like sender|following mail|smtp:mail/i, command: 'MAIL' },
  { pattern: /did not like our (?:final )?(?:data|eom)|\[(?:data|bodytext|eom)\]|failed (?:after i sent|on data command)|accept your message \(data\)|following data|smtp:data|smtp command\s+data/i, command: 'DATA' },
  { pattern: /did not like our (?:eh|he)lo|\[(?:eh|he)lo\]|connected to \S+ but (?:greeting|my name)/i, command: 'EHLO' },
  { pattern: /\(state 1[0-2]\)|\[connect\]/i, command: 'CONN' },
  { pattern: /\(state 14\)/i, command: 'RCPT' },
  { pattern: /\(state 1[5-9]\)/i, command: 'DATA' },
];
/** In a transcript the last command sent before the refusal counts. */
const TRANSCRIPT = /(?:^|\n)[ \t]*(?:>>>|sent <<<|c:|->)[ \t]*(EHLO|HELO|LHLO|MAIL|RCPT|DATA|\.|BDAT|STARTTLS)\b/gi;

/** @returns null when the text does not tell */
export function answeredCommand(block: string): SmtpCommand | null {
  const named = COMMANDS.find(({ pattern }) => pattern.test(block));
  if (named) return named.command;
  const refusal = block.search(/(?:^|\n)[ \t]*(?:<<<|received >>>|s:|<-)[ \t]*[45]\d\d/i);
  const transcript = refusal < 0 ? block : block.slice(0, refusal);
  const last = [...transcript.matchAll(TRANSCRIPT)].at(-1)?.[1]?.toUpperCase();
  if (last === undefined) return /(?:^|\s)RCPT TO:/i.test(block) ? 'RCPT' : null;
  if (last === 'MAIL' || last === 'RCPT') return last;
  return last.endsWith('LO') || last === 'STARTTLS' ? 'EHLO' : 'DATA';
}
