// Sends many messages over a few SMTP or LMTP connections and tells the rate. A tool for measuring, run by hand:
//   node mail-server/testing/smtp-load.ts --port 2525 --to alice@eider.test,bob@eider.test --count 2000 --connections 8 --bytes 10240 [--lmtp]
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2525' },
    to: { type: 'string', default: 'alice@eider.test' },
    count: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
    bytes: { type: 'string', default: '10240' },
    lmtp: { type: 'boolean', default: false },
  },
});
const recipients = values.to.split(',');
const count = Number(values.count);
const started = Date.now();
const latencies: number[] = [];
const run = started.toString(36);
let next = 0;

await Promise.all(Array.from({ length: Number(values.connections) }, send));

const seconds = (Date.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!.toFixed(1);
process.stdout.write(`${count} messages of ${values.bytes} bytes in ${seconds.toFixed(1)} s: ${(count / seconds).toFixed(0)}/s; ms p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)}\n`);

async function send(): Promise<void> {
  const socket = connect(Number(values.port), '127.0.0.1');
  const reply = replies(socket);
  await reply('2');
  socket.write(values.lmtp ? 'LHLO load.example.net\r\n' : 'EHLO load.example.net\r\n');
  await reply('2');
  while (next < count) {
    const number = next++;
    const began = performance.now();
    socket.write(`MAIL FROM:<sender@example.net>\r\nRCPT TO:<${recipients[number % recipients.length]}>\r\nDATA\r\n`);
    await reply('2');
    await reply('2');
    await reply('3');
    socket.write(`${message(number)}\r\n.\r\n`);
    await reply('2');
    latencies.push(performance.now() - began);
  }
  socket.end('QUIT\r\n');
}

/** Waits for the next reply and demands its class. */
function replies(socket: Socket): (wanted: string) => Promise<void> {
  let text = '';
  let wake: () => void = () => {};
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('close', () => wake());
  return async (wanted) => {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*(\d{3}[^\r\n]*)\r\n/.exec(text);
      if (match) {
        text = text.slice(match[0].length);
        if (!match[1]!.startsWith(wanted)) throw new Error(match[1]);
        return;
      }
      if (socket.destroyed) throw new Error('connection closed');
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}

/** Text and HTML with words that differ from message to message, so that nothing is found by a shared hash. */
function message(number: number): string {
  const line = (seed: number) => `Line ${seed} of message ${number}: the quick brown fox jumps over the lazy dog ${(seed * 7919 + number) % 100_003}\r\n`;
  const size = Number(values.bytes);
  let text = '';
  for (let seed = 0; text.length < size / 2 - 400; seed++) text += line(seed);
  return [
    `From: Sender ${number % 50} <sender${number % 50}@example.net>`, `To: <${recipients[number % recipients.length]}>`,
    `Subject: Load ${run} message ${number}`, `Message-ID: <${run}-${number}@load.example.net>`, `Date: ${new Date(started + number * 1000).toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=b', '',
    '--b', 'Content-Type: text/plain; charset=utf-8', '', text, '--b', 'Content-Type: text/html; charset=utf-8', '', `<p>${text.replaceAll('\r\n', '<br>\r\n')}</p>`, '--b--',
  ].join('\r\n');
}
