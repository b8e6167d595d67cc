// How many messages a second are accepted durably by the submission server: real SMTP over TLS with sign-in, beside
// enqueue called directly by concurrent callers. With PostgreSQL (real fsync), Valkey and the mail store that checks
// passwords and keeps the copy in Sent, all on one machine.
//   node bench/submission.ts [--messages 3000] [--connections 16] [--per-session 1000] [--size 10240]
// With --per-session 1, each message signs in anew.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applyMigrations } from '../mail-server/runtime/migrations/apply-migrations.ts';
import { ensureDatabase, ensureDocumentdb } from '../mail-server/runtime/services/databases.ts';
import { TEMPLATE_DATABASE } from '../mail-server/runtime/testing/start-test-postgres.ts';
import { SERVER_VARIABLE } from '../mail-server/runtime/testing/test-database.ts';
import { startMailStack, type TestAccount } from '../mail-server/testing/mail-stack.ts';
import { makeMessage } from './delivery-rig.ts';
import { startBenchPostgres } from './delivery-postgres.ts';
import { percentiles, printRow } from './measurement.ts';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '16' },
    'per-session': { type: 'string', default: '1000' },
    size: { type: 'string', default: '10240' },
  },
});
const MESSAGES = Number(options.messages);

const home = mkdtempSync(join(tmpdir(), 'eider-bench-'));
const postgres = await startBenchPostgres(home);
try {
  const url = (name: string): string => postgres.url.replace('/eider?', `/${name}?`);
  await ensureDocumentdb({ admin: url('postgres'), documentdb: url('documentdb') });
  await ensureDatabase(url('postgres'), TEMPLATE_DATABASE);
  await applyMigrations(url(TEMPLATE_DATABASE), fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  process.env[SERVER_VARIABLE] = url('postgres');
  const stack = await startMailStack();
  try {
    const accounts: TestAccount[] = [];
    // Nobody may write to more than 2,000 recipients an hour.
    for (let i = 0; i < Math.max(Number(options.connections), Math.ceil(MESSAGES / 1_500)); i++) accounts.push(await stack.account(`bench${i}`));
    const before = postgres.cpuSeconds();
    const waits: number[] = [];
    let next = 0;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: Number(options.connections) }, async (_, connection) => {
        while (next < MESSAGES) await session(stack.ports.submissions, accounts[connection]!, () => (next < MESSAGES ? next++ : null), waits);
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`submitted over TLS, ${options.connections} connections, ${options['per-session']} messages a sign-in: ${Math.round(MESSAGES / seconds)} a second`);
    printRow('from MAIL to the 250', percentiles(waits));
    console.log(`CPU s per 1,000: PostgreSQL (queue and mail store) ${(((postgres.cpuSeconds() - before) * 1000) / MESSAGES).toFixed(2)}`);
  } finally {
    await stack.stop();
  }
} finally {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Signs in and sends up to `--per-session` messages. */
async function session(port: number, account: TestAccount, nextNumber: () => number | null, waits: number[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  const reply = replies(socket);
  await reply('220');
  await say(`EHLO bench.test`, '250');
  await say(`AUTH PLAIN ${Buffer.from(`\0${account.address}\0${account.password}`).toString('base64')}`, '235');
  for (let sent = 0; sent < Number(options['per-session']); sent++) {
    const number = nextNumber();
    if (number === null) break;
    const content = makeMessage(number, Number(options.size), account.address).toString('latin1').replaceAll('\r\n.', '\r\n..');
    const from = performance.now();
    socket.write(`MAIL FROM:<${account.address}>\r\nRCPT TO:<r${number}@d${number % 20}.example>\r\nDATA\r\n`);
    for (const code of ['250', '250', '354']) await reply(code);
    await say(`${content}.`, '250');
    waits.push(performance.now() - from);
  }
  await say('QUIT', '221');
  socket.destroy();

  async function say(text: string, code: string): Promise<void> {
    socket.write(`${text}\r\n`);
    await reply(code);
  }
}

/** Waits for the next reply and demands its code. */
function replies(socket: TLSSocket): (code: string) => Promise<void> {
  let text = '';
  let wake = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('close', () => wake());
  socket.on('error', () => wake());
  return async (code) => {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*(\d{3} [^\r\n]*)\r\n/.exec(text);
      if (match) {
        text = text.slice(match[0].length);
        if (!match[1]!.startsWith(code)) throw new Error(`${code} expected: ${match[1]}`);
        return;
      }
      if (socket.destroyed) throw new Error('connection closed');
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}
