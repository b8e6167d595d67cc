// The simulator's SMTP server: does to each recipient what its local part scripts, over a real connection on loopback.
// Only Eider's own client speaks to it, and it keeps nothing. Which step an attempt meets is simulator-scripts.ts.
import { createServer, type Server, type Socket } from 'node:net';
import { ATTEMPT_EXTENSION } from '../smtp/transact.ts';
import { simulate, type SimulatedReport, type SimulatedStep } from './simulator-scripts.ts';

/** A message that was accepted, and of which something comes back. */
export interface AcceptedForReport {
  report: SimulatedReport;
  reversePath: string;
  recipient: string;
  content: Buffer;
}

export interface SimulatorServer {
  port: number;
  close(): Promise<void>;
}

interface Conversation {
  socket: Socket;
  reversePath: string | null;
  recipients: { address: string; step: SimulatedStep }[];
  lines: Buffer;
  inData: boolean;
  /** A delayed reply is due: what was sent behind it waits. */
  busy: boolean;
}

export interface SimulatorServerOptions {
  name: string;
  /** STARTTLS is offered and its handshake never succeeds. */
  brokenTls: boolean;
  onAccepted(accepted: AcceptedForReport): void;
}

/** Larger than anything that the queue accepts: a client that is not ours is cut off. */
const MAX_BUFFERED = 100 * 1024 * 1024;

/** Listens on a loopback port of the system's choice. */
export async function startSimulatorServer(options: SimulatorServerOptions): Promise<SimulatorServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    const conversation: Conversation = { socket, reversePath: null, recipients: [], lines: Buffer.alloc(0), inData: false, busy: false };
    say(conversation, `220 ${options.name} ESMTP simulator: nothing leaves this machine`);
    socket.on('data', (chunk) => {
      if (conversation.lines.length + chunk.length > MAX_BUFFERED) return void socket.destroy();
      conversation.lines = Buffer.concat([conversation.lines, chunk]);
      work(options, conversation);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const say = (conversation: Conversation, reply: string): void => void conversation.socket.write(`${reply}\r\n`);

/** Works through what has come, one command or message after the other. */
function work(options: SimulatorServerOptions, conversation: Conversation): void {
  while (!conversation.busy && !conversation.socket.destroyed) {
    if (conversation.inData) {
      const content = takeContent(conversation);
      if (content === null) return;
      endOfData(options, conversation, content);
      continue;
    }
    const end = conversation.lines.indexOf('\r\n');
    if (end < 0) return;
    const line = conversation.lines.toString('utf8', 0, end);
    conversation.lines = conversation.lines.subarray(end + 2);
    command(options, conversation, line);
  }
}

function command(options: SimulatorServerOptions, conversation: Conversation, line: string): void {
  switch (line.slice(0, 4).toUpperCase()) {
    case 'EHLO': {
      const extensions = ['PIPELINING', 'SIZE', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES', ATTEMPT_EXTENSION, ...(options.brokenTls ? ['STARTTLS'] : [])];
      return say(conversation, [options.name, ...extensions].map((text, index) => `250${index === extensions.length ? ' ' : '-'}${text}`).join('\r\n'));
    }
    case 'STAR':
      // A reply and no record of TLS: the handshake ends in a fault at once.
      say(conversation, options.brokenTls ? '220 2.0.0 ready' : '502 5.5.1 not offered');
      if (options.brokenTls) conversation.socket.end('no TLS here\r\n');
      return;
    case 'MAIL':
      conversation.reversePath = /^MAIL FROM:<(.*?)>/i.exec(line)?.[1] ?? '';
      conversation.recipients = [];
      return say(conversation, '250 2.1.0 ok');
    case 'RCPT':
      return recipient(options, conversation, line);
    case 'DATA':
      if (conversation.recipients.length === 0) return say(conversation, '554 5.5.1 no valid recipients');
      conversation.inData = true;
      return say(conversation, '354 go ahead');
    case 'RSET':
      conversation.recipients = [];
      return say(conversation, '250 2.0.0 ok');
    case 'QUIT':
      say(conversation, '221 2.0.0 bye');
      return void conversation.socket.end();
    default:
      return say(conversation, '500 5.5.2 unknown command');
  }
}

function recipient(options: SimulatorServerOptions, conversation: Conversation, line: string): void {
  const match = /^RCPT TO:<(.+)@[^@>]+>(.*)$/i.exec(line);
  if (!match || conversation.reversePath === null) return say(conversation, '503 5.5.1 MAIL and an address come first');
  const address = /<(.+)>/.exec(line)![1]!;
  const attempt = Number(new RegExp(` ${ATTEMPT_EXTENSION}=(\\d+)`, 'i').exec(match[2]!)?.[1] ?? 1);
  const step = simulate(match[1]!, attempt);
  if (step.kind === 'refuse' && step.at === 'rcpt') {
    say(conversation, step.reply);
    // 421 says that the server is closing (RFC 5321 3.8).
    if (step.reply.startsWith('421')) conversation.socket.end();
    return;
  }
  conversation.recipients.push({ address, step });
  later(options, conversation, step.kind === 'accept' ? (step.delayMs ?? 0) : 0, () => say(conversation, '250 2.1.5 ok'));
}

function endOfData(options: SimulatorServerOptions, conversation: Conversation, content: Buffer): void {
  const { recipients, reversePath } = conversation;
  conversation.recipients = [];
  const steps = recipients.map((entry) => entry.step);
  if (steps.some((step) => step.kind === 'cut')) return void conversation.socket.destroy();
  const refusal = steps.find((step) => step.kind === 'refuse');
  if (refusal) return say(conversation, refusal.reply);
  const delayMs = Math.max(...steps.map((step) => (step.kind === 'accept' ? (step.delayMs ?? 0) : 0)));
  later(options, conversation, delayMs, () => {
    say(conversation, '250 2.0.0 taken by the simulator');
    for (const { address, step } of recipients) {
      if (step.kind === 'accept' && step.report) options.onAccepted({ report: step.report, reversePath: reversePath!, recipient: address, content });
    }
  });
}

function later(options: SimulatorServerOptions, conversation: Conversation, ms: number, act: () => void): void {
  if (ms === 0) return act();
  conversation.busy = true;
  setTimeout(() => {
    conversation.busy = false;
    if (conversation.socket.destroyed) return;
    act();
    work(options, conversation);
  }, ms);
}

const TERMINATOR = Buffer.from('\r\n.\r\n');

/** The message up to its final dot, dots taken back (RFC 5321 4.5.2); null: there is more to come. */
function takeContent(conversation: Conversation): Buffer | null {
  const { lines } = conversation;
  const empty = lines.subarray(0, 3).toString('latin1') === '.\r\n';
  const end = empty ? 0 : lines.indexOf(TERMINATOR);
  if (end < 0) return null;
  conversation.lines = lines.subarray(end + (empty ? 3 : TERMINATOR.length));
  conversation.inData = false;
  return Buffer.from(lines.toString('latin1', 0, empty ? 0 : end + 2).replace(/(^|\r\n)\./g, '$1'), 'latin1');
}
