// Runs SMTP dialogues that are written down as text, over a real socket. Owns the language; the servers and
// what must have become of the mail are the tests'.
//
//   # comment
//   C: EHLO client.example.net     a line, sent with CRLF; \r \n \t \0 \\ \xHH are bytes
//   C= MAIL FROM:<a@b.c>\n         bytes as they are, no CRLF added
//   C* 500 RCPT TO:<u%d@x.test>    the line that many times, %d counts from 1; replies are read by S*
//   C~ 1000 abc\r\n                bytes repeated, sent as one
//   S: 250                         one reply (all its lines): the code, and a regular expression for its text
//   S* 500 452 too many            that many replies
//   S? 250|550 ...                 as S:, with several codes
//   CLOSED                         the server closes the connection
//   TLS                            a TLS handshake on this connection
//   WAIT 50                        lets so many milliseconds pass: for splitting packets only
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface DialogueTarget {
  port: number;
  /** TLS from the first byte. */
  tls?: boolean;
}

const REPLY_TIMEOUT_MS = 20_000;

interface Reply {
  code: string;
  text: string;
}

/** One connection that replies are read from in order. */
class Conversation {
  private socket: Socket | TLSSocket;
  private text = '';
  private ended = false;
  private wake: () => void = () => {};

  constructor(socket: Socket | TLSSocket) {
    this.socket = socket;
    this.listen();
  }

  send(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed || this.ended) return resolve();
      this.socket.write(bytes, () => resolve());
    });
  }

  async reply(): Promise<Reply> {
    const deadline = Date.now() + REPLY_TIMEOUT_MS;
    for (;;) {
      const match = /^((?:\d{3}-[^\r\n]*\r\n)*)(\d{3})(?: ([^\r\n]*))?\r\n/.exec(this.text);
      if (match) {
        this.text = this.text.slice(match[0].length);
        const more = match[1]!.replace(/^\d{3}-/gm, '');
        return { code: match[2]!, text: more + (match[3] ?? '') };
      }
      if (this.ended) throw new Error(`the server closed the connection; unread: ${JSON.stringify(this.text)}`);
      await this.change(deadline, 'no reply');
    }
  }

  async closed(): Promise<void> {
    const deadline = Date.now() + REPLY_TIMEOUT_MS;
    while (!this.ended) await this.change(deadline, 'the connection stays open');
    if (this.text !== '') throw new Error(`unread before the close: ${JSON.stringify(this.text)}`);
  }

  async startTls(): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners();
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    this.socket = secure;
    this.listen();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      this.wake();
    });
    for (const event of ['end', 'close', 'error']) {
      this.socket.on(event, () => {
        this.ended = true;
        this.wake();
      });
    }
  }

  private change(deadline: number, complaint: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(complaint)), Math.max(0, deadline - Date.now()));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * Plays a dialogue to its end.
 * @param variables what stands for `${name}`
 * @throws Error naming the line that went otherwise
 */
export async function playDialogue(text: string, target: DialogueTarget, variables: Record<string, string> = {}): Promise<void> {
  const conversation = new Conversation(await open(target));
  try {
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.replace(/\$\{(\w+)\}/g, (_, name: string) => variables[name] ?? fail(`no variable ${name}`));
      if (line.trim() === '' || line.startsWith('#')) continue;
      try {
        await playLine(conversation, line);
      } catch (error) {
        throw new Error(`line ${index + 1}: ${line.slice(0, 120)}\n  ${(error as Error).message}`, { cause: error });
      }
    }
  } finally {
    conversation.destroy();
  }
}

async function playLine(conversation: Conversation, line: string): Promise<void> {
  const [verb, rest] = split(line);
  switch (verb) {
    case 'C:':
      return conversation.send(Buffer.concat([unescape(rest), Buffer.from('\r\n')]));
    case 'C=':
      return conversation.send(unescape(rest));
    case 'C*': {
      const [count, template] = split(rest);
      const lines = Array.from({ length: Number(count) }, (_, index) => `${template.replaceAll('%d', String(index + 1))}\\r\\n`);
      return conversation.send(unescape(lines.join('')));
    }
    case 'C~': {
      const [count, template] = split(rest);
      const piece = unescape(template);
      return conversation.send(Buffer.alloc(piece.length * Number(count), piece));
    }
    case 'S:':
    case 'S?':
      return expectReply(await conversation.reply(), rest);
    case 'S*': {
      const [count, wanted] = split(rest);
      for (let index = 0; index < Number(count); index++) expectReply(await conversation.reply(), wanted);
      return undefined;
    }
    case 'CLOSED':
      return conversation.closed();
    case 'TLS':
      return conversation.startTls();
    case 'WAIT':
      return new Promise((resolve) => setTimeout(resolve, Number(rest)));
    default:
      return fail(`unknown verb ${verb}`);
  }
}

function expectReply(reply: Reply, wanted: string): void {
  const [codes, pattern] = split(wanted);
  const matches = codes.split('|').includes(reply.code) && (pattern === '' || new RegExp(pattern, 'i').test(reply.text));
  if (!matches) fail(`got ${reply.code} ${reply.text}`);
}

function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

/** The bytes of a text with escapes; other characters as UTF-8. */
function unescape(text: string): Buffer {
  const named: Record<string, string> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };
  const latin1 = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    latin1.replace(/\\(?:x([0-9a-f]{2})|([rnt0\\]))/gi, (_, hex: string | undefined, name: string) => (hex ? String.fromCharCode(parseInt(hex, 16)) : named[name]!)),
    'latin1',
  );
}

function open({ port, tls }: DialogueTarget): Promise<Socket | TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(socket)) : connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

function fail(message: string): never {
  throw new Error(message);
}
