// A receiving server for tests whose recipients' local parts script what happens, on real sockets. It can be
// rude in ways that no library allows. The scripts:
//   550@ 451@ …            that code at RCPT           550-data@ …          that code after the message
//   451-then-250@          at RCPT, the first time     451-data-then-250@   after the message, the first time
//   disconnect-rcpt@       hangs up at RCPT            disconnect-data@     hangs up in the middle of the message
//   disconnect-end@        takes the message and hangs up without a reply
//   slow-500@              answers RCPT after 500 ms   silent@              never answers RCPT
//   endless@ flood@ garbage@ nocrlf@                   malformed replies to RCPT
// Anything else is accepted. A `+tag` behind the script is ignored: 550+a@ and 550+b@ are two addresses.
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface ReceivedMail {
  reversePath: string;
  mailParameters: string;
  recipients: string[];
  recipientParameters: string[];
  content: Buffer;
  tls: boolean;
  /** Counts connections from 1. */
  connection: number;
  /** Where the connection came from, and the name that it greeted with. */
  clientAddress: string;
  clientName: string;
}

export interface FakeMxOptions {
  port?: number;
  host?: string;
  /** EHLO keywords beyond the first line; STARTTLS is added where `tls` is given. */
  extensions?: string[];
  tls?: { cert: string; key: string };
  /** How STARTTLS goes wrong. */
  tlsFault?: 'refuses' | 'garbage-handshake' | 'half-closed' | 'injection';
  /** Sent instead of `220 …`; null: nothing at all. */
  greeting?: string | null;
  /** After as many messages, MAIL gets 421 and the connection is closed. */
  messagesPerConnection?: number;
  /** More connections than this at once get 421. */
  maxConnections?: number;
  /** EHLO is unknown to it. */
  heloOnly?: boolean;
  /** Contents are not kept: for load. */
  forgetContent?: boolean;
  /** Milliseconds before the reply to the message. */
  endDelayMs?: number;
}

export interface FakeMx {
  port: number;
  /** Every message that it took: also those whose reply it did not send. */
  received: ReceivedMail[];
  /** Commands as they came, in order, over all connections. */
  commands: string[];
  connections(): number;
  /** Resolves when the predicate holds for what was received; looks again at each message. */
  waitFor(predicate: (received: ReceivedMail[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_EXTENSIONS = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];

interface State {
  socket: Socket;
  tls: boolean;
  number: number;
  clientName: string;
  messages: number;
  buffered: Buffer;
  mail: { reversePath: string; parameters: string } | null;
  recipients: { address: string; parameters: string }[];
  inData: boolean;
  /** Octets still to come of a BDAT chunk, and whether it is the last. */
  chunk: { left: number; last: boolean } | null;
  /** A reply is due: later commands wait for it, as in a server that works one by one. */
  busy: boolean;
  dataChunks: Buffer[];
}

export async function startFakeMx(options: FakeMxOptions = {}): Promise<FakeMx> {
  const received: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  /** Addresses that have had their first refusal. */
  const refusedOnce = new Set<string>();
  let connections = 0;

  const world: World = { options, received, commands, refusedOnce, changed: () => [...watchers].forEach((check) => check()) };
  const server: Server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.setNoDelay(true);
    if (options.maxConnections !== undefined && sockets.size > options.maxConnections) {
      socket.end('421 4.7.0 too many connections from you\r\n');
      return;
    }
    const state: State = {
      socket, tls: false, number: connections, clientName: '', messages: 0, buffered: Buffer.alloc(0), mail: null, recipients: [], inData: false, chunk: null, busy: false, dataChunks: [],
    };
    if (options.greeting !== null) socket.write(options.greeting ?? '220 fake.test ESMTP\r\n');
    socket.on('data', (chunk) => take(world, state, chunk));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    received,
    commands,
    connections: () => connections,
    waitFor: (predicate) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!predicate(received)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

interface World {
  options: FakeMxOptions;
  received: ReceivedMail[];
  commands: string[];
  refusedOnce: Set<string>;
  changed(): void;
}

function take(world: World, state: State, chunk: Buffer): void {
  state.buffered = state.buffered.length === 0 ? chunk : Buffer.concat([state.buffered, chunk]);
  while (state.buffered.length > 0 && !state.busy && !state.socket.destroyed) {
    if (state.chunk) {
      if (!takeChunk(world, state, state.chunk)) return;
      continue;
    }
    if (state.inData) {
      if (!takeData(world, state)) return;
      continue;
    }
    const end = state.buffered.indexOf('\r\n');
    if (end < 0) return;
    const line = state.buffered.toString('utf8', 0, end);
    state.buffered = state.buffered.subarray(end + 2);
    if (!world.options.forgetContent) world.commands.push(line);
    command(world, state, line);
  }
}

const say = (state: State, text: string): void => void state.socket.write(`${text}\r\n`);

function command(world: World, state: State, line: string): void {
  const verb = line.slice(0, 4).toUpperCase();
  const { options } = world;
  switch (verb) {
    case 'EHLO':
      state.clientName = line.slice(5);
      return options.heloOnly ? say(state, '502 5.5.1 what?') : sayHello(options, state);
    case 'HELO':
      state.clientName = line.slice(5);
      return say(state, '250 fake.test');
    case 'STAR':
      return startTls(world, state);
    case 'MAIL':
      return mail(options, state, line);
    case 'RCPT':
      return rcpt(world, state, line);
    case 'DATA':
      if (state.recipients.length === 0) return say(state, '554 5.5.1 no valid recipients');
      state.inData = true;
      return say(state, '354 go ahead');
    case 'BDAT': {
      const match = /^BDAT (\d+)( LAST)?$/i.exec(line);
      if (!match) return say(state, '501 5.5.4 syntax');
      state.chunk = { left: Number(match[1]), last: match[2] !== undefined };
      return;
    }
    case 'RSET':
      reset(state);
      return say(state, '250 2.0.0 reset');
    case 'QUIT':
      say(state, '221 2.0.0 bye');
      state.socket.end();
      return;
    default:
      return say(state, '500 5.5.2 unknown');
  }
}

function sayHello(options: FakeMxOptions, state: State): void {
  const extensions = [...(options.extensions ?? DEFAULT_EXTENSIONS)];
  if (!state.tls && (options.tls || options.tlsFault)) extensions.push('STARTTLS');
  const lines = ['fake.test', ...extensions];
  say(state, lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n'));
}

function later(world: World, state: State, ms: number, act: () => void): void {
  state.busy = true;
  setTimeout(() => {
    state.busy = false;
    act();
    take(world, state, Buffer.alloc(0));
  }, ms);
}

function mail(options: FakeMxOptions, state: State, line: string): void {
  if (options.messagesPerConnection !== undefined && state.messages >= options.messagesPerConnection) {
    say(state, '421 4.7.0 enough on this connection');
    state.socket.end();
    return;
  }
  const match = /^MAIL FROM:<(.*?)>(.*)$/i.exec(line);
  if (!match) return say(state, '501 5.5.4 syntax');
  state.mail = { reversePath: match[1]!, parameters: match[2]!.trim() };
  say(state, '250 2.1.0 ok');
}

function rcpt(world: World, state: State, line: string): void {
  const match = /^RCPT TO:<(.*)>(.*)$/i.exec(line);
  if (!match || !state.mail) return say(state, '503 5.5.1 order');
  const address = match[1]!;
  const script = scriptOf(address);
  const code = /^([45]\d\d)(-then-250)?$/.exec(script);
  if (code && !(code[2] && world.refusedOnce.has(address))) {
    world.refusedOnce.add(address);
    say(state, `${code[1]} ${code[1]![0]}.1.1 as you asked`);
    if (code[1] === '421') state.socket.end();
    return;
  }
  const accept = (): void => {
    state.recipients.push({ address, parameters: match[2]!.trim() });
    say(state, '250 2.1.5 ok');
  };
  const slow = /^slow-(\d+)$/.exec(script);
  if (slow) return later(world, state, Number(slow[1]), accept);
  switch (script) {
    case 'disconnect-rcpt':
      return void state.socket.destroy();
    case 'silent':
      state.busy = true;
      return;
    case 'endless':
      return endless(state.socket, '250 ', 'x'.repeat(65_536));
    case 'flood':
      return endless(state.socket, '', '250-more\r\n'.repeat(5_000));
    case 'garbage':
      return say(state, 'HTTP/1.1 200 OK');
    case 'nocrlf':
      return void state.socket.write('250 and no line end');
    default:
      return accept();
  }
}

/** Writes for as long as the other side lets it. */
function endless(socket: Socket, start: string, block: string): void {
  socket.write(start);
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
}

/** RFC 3030: so many octets as they are; without a valid recipient they are read and refused. */
function takeChunk(world: World, state: State, chunk: { left: number; last: boolean }): boolean {
  const scripts = state.recipients.map((recipient) => scriptOf(recipient.address));
  if (scripts.includes('disconnect-data')) {
    state.socket.destroy();
    return false;
  }
  const part = state.buffered.subarray(0, chunk.left);
  state.buffered = state.buffered.subarray(part.length);
  state.dataChunks.push(part);
  chunk.left -= part.length;
  if (chunk.left > 0) return false;
  state.chunk = null;
  if (state.recipients.length === 0) {
    reset(state);
    say(state, '554 5.5.1 no valid recipients');
  } else if (chunk.last) endOfData(world, state, scripts, Buffer.concat(state.dataChunks));
  else say(state, '250 2.0.0 more');
  return true;
}

function takeData(world: World, state: State): boolean {
  const scripts = state.recipients.map((recipient) => scriptOf(recipient.address));
  if (scripts.includes('disconnect-data')) {
    state.socket.destroy();
    return false;
  }
  // The terminator may begin in an earlier chunk: five octets of it are kept back.
  const startsWithDot = state.dataChunks.length === 0 && state.buffered.subarray(0, 3).toString('latin1') === '.\r\n';
  const end = startsWithDot ? 0 : state.buffered.indexOf('\r\n.\r\n');
  if (end < 0) {
    const keep = Math.min(4, state.buffered.length);
    state.dataChunks.push(state.buffered.subarray(0, state.buffered.length - keep));
    state.buffered = state.buffered.subarray(state.buffered.length - keep);
    return false;
  }
  state.dataChunks.push(state.buffered.subarray(0, startsWithDot ? 0 : end + 2));
  state.buffered = state.buffered.subarray(end + (startsWithDot ? 3 : 5));
  endOfData(world, state, scripts, world.options.forgetContent ? Buffer.alloc(0) : unstuff(Buffer.concat(state.dataChunks)));
  return true;
}

function endOfData(world: World, state: State, scripts: string[], content: Buffer): void {
  const { mail: envelope, recipients } = state;
  state.inData = false;
  reset(state);
  const index = scripts.findIndex((script) => /^[45]\d\d-data(-then-250)?$/.test(script));
  const code = /^([45]\d\d)-data(-then-250)?$/.exec(scripts[index] ?? '');
  if (code && !(code[2] && world.refusedOnce.has(recipients[index]!.address))) {
    world.refusedOnce.add(recipients[index]!.address);
    return say(state, `${code[1]} ${code[1]![0]}.6.0 as you asked`);
  }
  state.messages++;
  world.received.push({
    reversePath: envelope!.reversePath,
    mailParameters: envelope!.parameters,
    recipients: recipients.map((recipient) => recipient.address),
    recipientParameters: recipients.map((recipient) => recipient.parameters),
    content,
    tls: state.tls,
    connection: state.number,
    clientAddress: state.socket.remoteAddress ?? '',
    clientName: state.clientName,
  });
  world.changed();
  if (scripts.includes('disconnect-end')) return void state.socket.destroy();
  const reply = (): void => say(state, '250 2.0.0 taken');
  if (world.options.endDelayMs) later(world, state, world.options.endDelayMs, reply);
  else reply();
}

function reset(state: State): void {
  state.mail = null;
  state.recipients = [];
  state.dataChunks = [];
}

function unstuff(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}

function startTls(world: World, state: State): void {
  const { tls, tlsFault } = world.options;
  if (tlsFault === 'refuses') return say(state, '454 4.7.0 not now');
  if (tlsFault === 'injection') return void state.socket.write('220 go\r\n250 injected in clear\r\n');
  say(state, '220 go');
  if (tlsFault === 'half-closed') return void state.socket.end();
  if (tlsFault === 'garbage-handshake') return void state.socket.write('this is no TLS record at all\r\n');
  const plain = state.socket;
  plain.removeAllListeners('data');
  const secure = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(tls) });
  secure.on('error', () => secure.destroy());
  state.socket = secure;
  state.tls = true;
  state.buffered = Buffer.alloc(0);
  reset(state);
  secure.on('data', (chunk: Buffer) => take(world, state, chunk));
}

function scriptOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@')).split('+')[0]!;
}
