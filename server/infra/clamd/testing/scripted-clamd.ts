// A clamd on a real socket that answers as the test says: it reads INSTREAM as clamd does, to the last length.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScriptedClamd {
  url: string;
  /** What each scan brought, in order. */
  contents: Buffer[];
  close(): Promise<void>;
}

/** `hangUp` ends the connection instead of answering. `limitBytes`: beyond, it answers and hangs up at once, as clamd does. */
export async function scriptedClamd(answer: (content: Buffer) => string, limitBytes = Infinity): Promise<ScriptedClamd> {
  const contents: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    void serve(socket).catch(() => socket.destroy());
  });
  async function serve(socket: Socket): Promise<void> {
    let buffered = Buffer.alloc(0);
    const content: Buffer[] = [];
    let total = 0;
    let greeted = false;
    for await (const data of socket as AsyncIterable<Buffer>) {
      buffered = Buffer.concat([buffered, data]);
      if (!greeted) {
        if (buffered.length < 10) continue;
        if (buffered.toString('latin1', 0, 10) !== 'zINSTREAM\0') return say(socket, 'UNKNOWN COMMAND');
        buffered = buffered.subarray(10);
        greeted = true;
      }
      while (buffered.length >= 4) {
        const length = buffered.readUInt32BE(0);
        if (length === 0) {
          const whole = Buffer.concat(content);
          contents.push(whole);
          const text = answer(whole);
          return text === 'hangUp' ? void socket.destroy() : say(socket, text);
        }
        if (buffered.length < 4 + length) break;
        content.push(buffered.subarray(4, 4 + length));
        total += length;
        buffered = buffered.subarray(4 + length);
        if (total > limitBytes) return say(socket, 'INSTREAM size limit exceeded. ERROR');
      }
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'eider-scripted-clamd-'));
  // As the one that comes with the product: over TCP, an answer before the end of the question can get lost.
  const path = join(folder, 'clamd.sock');
  server.listen(path);
  await once(server, 'listening');
  return {
    url: `unix://${path}`,
    contents,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

const say = (socket: Socket, text: string): Promise<void> => new Promise((resolve) => socket.end(`${text}\0`, () => resolve()));
