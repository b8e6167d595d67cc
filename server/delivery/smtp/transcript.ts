// What was said on one SMTP connection, line by line, bounded, for people who ask why. Commands and replies only:
// a message's content is told by its length, and credentials not at all.
import { formatReply, type SmtpReply } from '../../mail/smtp-reply.ts';

/** Of one attempt: beyond this nobody reads on, and a hostile server could fill the disk. */
const MAX_CHARACTERS = 16 * 1024;
const MAX_COMMAND_CHARACTERS = 600;

export interface Transcript {
  /** Commands sent, each ending in CRLF. */
  said(commands: string): void;
  /** So many octets of a message were sent. */
  sent(octets: number): void;
  heard(reply: SmtpReply): void;
  /** What happened beside the dialogue: a TLS handshake, a broken connection. */
  noted(text: string): void;
  /**
   * The lines since the last take: `12 C EHLO mail.example`, milliseconds since then and who spoke: C for us,
   * S for the server, * for a note.
   */
  take(): string[];
}

export function openTranscript(): Transcript {
  let lines: string[] = [];
  let characters = 0;
  let startedAt = performance.now();
  let octets = 0;

  function push(who: string, text: string): void {
    if (characters > MAX_CHARACTERS) return;
    const line = `${Math.round(performance.now() - startedAt)} ${who} ${text}`;
    characters += line.length;
    lines.push(characters > MAX_CHARACTERS ? '… (more was said)' : line);
  }
  function flushOctets(): void {
    if (octets === 0) return;
    const count = octets;
    octets = 0;
    push('C', `(${count} octets of the message)`);
  }

  return {
    said(commands) {
      flushOctets();
      for (let at = 0; at < commands.length; ) {
        let end = commands.indexOf('\r\n', at);
        if (end < 0) end = commands.length;
        push('C', withoutSecrets(commands.slice(at, Math.min(end, at + MAX_COMMAND_CHARACTERS))));
        at = end + 2;
      }
    },
    sent(count) {
      octets += count;
    },
    heard(reply) {
      flushOctets();
      push('S', formatReply(reply));
    },
    noted(text) {
      flushOctets();
      push('*', text.slice(0, MAX_COMMAND_CHARACTERS));
    },
    take() {
      flushOctets();
      const taken = lines;
      lines = [];
      characters = 0;
      startedAt = performance.now();
      return taken;
    },
  };
}

/** AUTH is the one command that carries a secret (RFC 4954). */
const withoutSecrets = (command: string): string => (/^AUTH\b/i.test(command) ? `${command.split(' ').slice(0, 2).join(' ')} (left out)` : command);
