// A receiving server that enforces limits as large providers do, and counts who breaks them: so many connections at
// once (421 at the greeting), so many messages in any window of time (421 or 451 at MAIL). Keeps counts only. Run as a
// process of its own with its options as JSON it tells its parent the port, and the counts when asked.
import { createServer, type Socket } from 'node:net';

export interface ProviderMxOptions {
  connections: number;
  messages: number;
  windowMs: number;
  /** How it says that there were too many messages: puts off, or hangs up. */
  says?: '451' | '421';
  /** Before each reply to a message. */
  delayMs?: number;
}

export interface ProviderCounts {
  accepted: number;
  tooManyMessages: number;
  tooManyConnections: number;
  /** By the second since the start: accepted, violations. */
  seconds: { accepted: number; violations: number }[];
  mostConnections: number;
}

export interface ProviderMx {
  port: number;
  counts(): ProviderCounts;
  close(): Promise<void>;
}

const EHLO = '250-provider.test\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n';

export async function startProviderMx(options: ProviderMxOptions): Promise<ProviderMx> {
  const startedAt = performance.now();
  const counts: ProviderCounts = { accepted: 0, tooManyMessages: 0, tooManyConnections: 0, seconds: [], mostConnections: 0 };
  const sockets = new Set<Socket>();
  /** When messages were taken, within the window. */
  const taken: number[] = [];
  let first = 0;
  const second = () => {
    const at = Math.floor((performance.now() - startedAt) / 1000);
    while (counts.seconds.length <= at) counts.seconds.push({ accepted: 0, violations: 0 });
    return counts.seconds[at]!;
  };
  const mayTake = (): boolean => {
    const from = performance.now() - options.windowMs;
    while (first < taken.length && taken[first]! <= from) first++;
    if (first > 100_000) {
      taken.splice(0, first);
      first = 0;
    }
    return taken.length - first < options.messages;
  };

  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    if (sockets.size >= options.connections) {
      counts.tooManyConnections++;
      second().violations++;
      // What it still says must be read, or its end is never seen.
      socket.resume().end('421 4.7.0 too many connections from your address\r\n');
      return;
    }
    sockets.add(socket);
    counts.mostConnections = Math.max(counts.mostConnections, sockets.size);
    socket.write('220 provider.test ESMTP\r\n');
    serve(socket);
  });

  function serve(socket: Socket): void {
    let text = '';
    let inData = false;
    let mailTaken = false;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      let replies = '';
      for (;;) {
        if (inData) {
          const end = text.indexOf('\r\n.\r\n');
          if (end < 0) break;
          text = text.slice(end + 5);
          inData = false;
          counts.accepted++;
          second().accepted++;
          if (options.delayMs) setTimeout(() => socket.write('250 2.0.0 taken\r\n'), options.delayMs);
          else replies += '250 2.0.0 taken\r\n';
          continue;
        }
        const end = text.indexOf('\r\n');
        if (end < 0) break;
        const verb = text.slice(0, 4).toUpperCase();
        text = text.slice(end + 2);
        if (verb === 'EHLO') replies += EHLO;
        else if (verb === 'MAIL') {
          mailTaken = mayTake();
          if (mailTaken) {
            taken.push(performance.now());
            replies += '250 2.1.0 ok\r\n';
            continue;
          }
          counts.tooManyMessages++;
          second().violations++;
          if (options.says === '421') return void socket.end(`${replies}421 4.7.0 too many messages, slow down\r\n`);
          replies += '451 4.7.1 rate limit exceeded, slow down\r\n';
        } else if (verb === 'RCPT') replies += mailTaken ? '250 2.1.5 ok\r\n' : '503 5.5.1 MAIL first\r\n';
        else if (verb === 'DATA') {
          if (!mailTaken) {
            replies += '503 5.5.1 MAIL first\r\n';
            continue;
          }
          // So that a message that begins with the terminator is seen too.
          text = `\r\n${text}`;
          inData = true;
          mailTaken = false;
          replies += '354 go\r\n';
        } else if (verb === 'QUIT') return void socket.end(`${replies}221 bye\r\n`);
        else replies += '250 2.0.0 ok\r\n';
      }
      if (replies !== '') socket.write(replies);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    counts() {
      second();
      return counts;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

if (process.send && process.argv[1]?.endsWith('provider-mx.ts') && process.argv[2]) {
  const mx = await startProviderMx(JSON.parse(process.argv[2]) as ProviderMxOptions);
  process.on('message', () => process.send!(mx.counts()));
  process.on('disconnect', () => process.exit(0));
  process.send({ port: mx.port });
}
