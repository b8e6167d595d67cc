// The receiving server of a chaos run: takes everything, remembers every copy with whether its reply was read, and on
// demand takes messages and goes away instead of replying.
import { createServer, type Socket } from 'node:net';
import type { Copy } from './ledger.ts';

export interface RecordingSink {
  port: number;
  copies: Copy[];
  /** The next `count` messages are taken, and their connections ended without the reply. */
  withholdReplies(count: number): void;
  close(): Promise<void>;
}

/** What a connection needs of the sink. */
interface Book {
  /** @returns whether the reply is to be withheld */
  take(copies: Copy[]): boolean;
  nowMs(): number;
}

const EHLO = (chunking: boolean): string => `250-sink.test\r\n250-PIPELINING\r\n${chunking ? '250-CHUNKING\r\n' : ''}250-8BITMIME\r\n250 SIZE 104857600\r\n`;

export async function startRecordingSink(startedAt: number): Promise<RecordingSink> {
  const copies: Copy[] = [];
  const sockets = new Set<Socket>();
  let withhold = 0;
  let connections = 0;
  const book: Book = {
    nowMs: () => performance.now() - startedAt,
    take(taken) {
      const withheld = withhold > 0;
      if (withheld) withhold--;
      for (const copy of taken) copy.withheld = withheld;
      copies.push(...taken);
      return withheld;
    },
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.write('220 sink.test ESMTP\r\n');
    // Half of the connections know CHUNKING, so that both ends of a message are met: the last chunk and the dot.
    serve(socket, book, connections++ % 2 === 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    copies,
    withholdReplies: (count) => void (withhold += count),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Socket, book: Book, chunking: boolean): void {
  let text = '';
  let recipients: string[] = [];
  let answered: Copy[] = [];
  let inData = false;
  let chunkLeft = -1;

  /** The message is complete. @returns false when the connection is gone */
  function taken(): boolean {
    const copies = recipients.map((id): Copy => ({ id, atMs: book.nowMs(), withheld: false, replyRead: false }));
    recipients = [];
    if (book.take(copies)) {
      socket.resetAndDestroy();
      return false;
    }
    answered = copies;
    socket.write('250 2.0.0 taken\r\n');
    return true;
  }
  function command(line: string): void {
    // Whoever goes on has read what was said before.
    for (const copy of answered) copy.replyRead = true;
    answered = [];
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'BDAT') {
      chunkLeft = Number.parseInt(line.slice(5), 10);
      return;
    }
    if (verb === 'RCPT') recipients.push(/<([^>]*)>/.exec(line)![1]!);
    if (verb === 'MAIL' || verb === 'RSET') recipients = [];
    if (verb === 'EHLO') socket.write(EHLO(chunking));
    else if (verb === 'DATA') {
      inData = true;
      // So that a message that begins with the dot is seen too.
      text = `\r\n${text}`;
      socket.write('354 go\r\n');
    } else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('250 2.0.0 ok\r\n');
  }
  /** @returns false when more octets are needed, or none are wanted any more */
  function step(): boolean {
    if (chunkLeft >= 0) {
      const part = Math.min(chunkLeft, text.length);
      chunkLeft -= part;
      text = text.slice(part);
      if (chunkLeft > 0) return false;
      chunkLeft = -1;
      return taken();
    }
    const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
    if (end < 0) {
      if (inData) text = text.slice(-4);
      return false;
    }
    if (inData) {
      inData = false;
      text = text.slice(end + 5);
      return taken();
    }
    const line = text.slice(0, end);
    text = text.slice(end + 2);
    command(line);
    return true;
  }
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    while (!socket.destroyed && step());
  });
}
