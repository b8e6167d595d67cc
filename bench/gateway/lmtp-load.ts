// Feeds messages to an LMTP or SMTP server over a fixed number of connections and counts what was accepted.
import { connect, type Socket } from 'node:net';

export interface LmtpLoad {
  readonly port: number;
  /** Which protocol; LMTP when absent. */
  readonly greeting?: 'LHLO' | 'EHLO';
  readonly connections: number;
  readonly messages: number;
  readonly recipients: readonly string[];
  /** Size of each message, about, in bytes. */
  readonly bytes: number;
  /** Told when all messages are made and the sending begins. */
  readonly onReady?: () => void;
}

export interface LmtpResult {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  /** Milliseconds from the final dot to its reply, sorted. */
  readonly latenciesMs: number[];
}

/** Part of the Message-IDs: a message that comes a second time would be thrown away as a duplicate. */
let runs = 0;

/** A message of ordinary shape: multipart/alternative, words of a dictionary, threads of about three messages. */
function makeMessage(serial: number, recipient: string, bytes: number): string {
  const messageId = (n: number): string => `<m${n}.${runs}.${process.pid}@example.com>`;
  const words = ['harbour', 'invoice', 'meeting', 'quarter', 'river', 'ticket', 'garden', 'window', 'report', 'eider'];
  const word = (n: number): string => words[(n * 7919) % words.length] as string;
  const thread = Math.floor(serial / 3);
  const lines: string[] = [];
  let length = 0;
  for (let n = serial; length < bytes * 0.55; n++) {
    const line = Array.from({ length: 10 }, (_, i) => word(n * 31 + i * 17 + Math.floor(n / 3))).join(' ') + ` ${n}`;
    lines.push(line);
    length += line.length + 2;
  }
  const html = lines.slice(0, Math.floor(lines.length * 0.7)).map((line) => `<p>${line}</p>`);
  const boundary = `b${serial}x`;
  return [
    `From: Sender ${serial % 97} <sender${serial % 97}@example.com>`,
    `To: <${recipient}>`,
    `Subject: ${serial % 3 === 0 ? '' : 'Re: '}${word(thread)} ${word(thread + 3)} ${thread}`,
    `Message-ID: ${messageId(serial)}`,
    ...(serial % 3 === 0 ? [] : [`References: ${messageId(thread * 3)}`]),
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    ...lines,
    `--${boundary}`,
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><body>',
    ...html,
    '</body></html>',
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** Sends all messages; a refusal is counted, a broken dialogue rejects. Making them is not part of the time. */
export async function runLmtpLoad(load: LmtpLoad): Promise<LmtpResult> {
  runs += 1;
  const recipientOf = (serial: number): string => load.recipients[serial % load.recipients.length] as string;
  const messages = Array.from({ length: load.messages }, (_, serial) => Buffer.from(`${makeMessage(serial, recipientOf(serial), load.bytes)}\r\n.\r\n`, 'latin1'));
  load.onReady?.();
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  let next = 0;
  let accepted = 0;
  let refused = 0;
  const worker = async (): Promise<void> => {
    const dialogue = new Dialogue(connect({ host: '127.0.0.1', port: load.port, noDelay: true }));
    await dialogue.reply();
    await dialogue.command(`${load.greeting ?? 'LHLO'} bench.example.com`);
    for (let serial = next++; serial < load.messages; serial = next++) {
      await dialogue.command('MAIL FROM:<sender@example.com>');
      await dialogue.command(`RCPT TO:<${recipientOf(serial)}>`);
      await dialogue.command('DATA');
      const sentAt = performance.now();
      const reply = await dialogue.send(messages[serial] as Buffer);
      latenciesMs.push(performance.now() - sentAt);
      if (reply.startsWith('2')) accepted += 1;
      else refused += 1;
    }
    await dialogue.command('QUIT');
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  latenciesMs.sort((a, b) => a - b);
  return { accepted, refused, seconds: (performance.now() - startedAt) / 1000, latenciesMs };
}

/** One command at a time over a socket; replies may have several lines. */
class Dialogue {
  readonly #socket: Socket;
  #text = '';
  #waiting: { resolve(reply: string): void; reject(error: Error): void } | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#deliver();
    });
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the LMTP server closed the connection')));
  }

  reply(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#deliver();
    });
  }

  command(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`, 'latin1');
    return this.reply();
  }

  send(bytes: Buffer): Promise<string> {
    this.#socket.write(bytes);
    return this.reply();
  }

  #deliver(): void {
    const end = /^\d{3}(?: [^\n]*)?\r?\n/m.exec(this.#text);
    if (end === null || this.#waiting === null) return;
    const reply = this.#text.slice(end.index, end.index + end[0].length);
    this.#text = this.#text.slice(end.index + end[0].length);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting.resolve(reply);
  }
}
