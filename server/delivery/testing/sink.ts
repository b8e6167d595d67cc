// A fast SMTP sink for load: accepts everything, keeps nothing but counts. Run as a process of its own; tells its
// parent the port, and counts when asked. For scripted behaviour there is fake-mx.ts.
import { createServer, type Socket } from 'node:net';

// A second argument `plain` leaves CHUNKING out, for a comparison with clients that do not know it.
const CHUNKING = process.argv[3] === 'plain' ? '' : '250-CHUNKING\r\n';
const EHLO = `250-sink.test\r\n250-PIPELINING\r\n${CHUNKING}250-SIZE 104857600\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n`;
let messages = 0;
let octets = 0;
let connections = 0;

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket.on('error', () => socket.destroy());
  socket.write('220 sink.test ESMTP\r\n');
  serve(socket);
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
process.on('message', () => process.send?.({ messages, octets, connections, cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));

function serve(socket: Socket): void {
  let rest = '';
  let inData = false;
  /** Octets still to come of a BDAT chunk; -1 outside of one. */
  let chunkLeft = -1;
  socket.on('data', (chunk) => {
    // One character per octet: cheap to search, and nothing is kept.
    let text = rest + chunk.toString('latin1');
    let replies = '';
    for (;;) {
      if (chunkLeft >= 0) {
        const part = Math.min(chunkLeft, text.length);
        chunkLeft -= part;
        octets += part;
        text = text.slice(part);
        if (chunkLeft > 0) break;
        chunkLeft = -1;
        messages++;
        replies += '250 2.0.0 taken\r\n';
        continue;
      }
      if (inData) {
        const end = text.indexOf('\r\n.\r\n');
        if (end < 0) {
          octets += Math.max(0, text.length - 4);
          text = text.slice(-4);
          break;
        }
        octets += end;
        messages++;
        inData = false;
        text = text.slice(end + 5);
        replies += '250 2.0.0 taken\r\n';
        continue;
      }
      const end = text.indexOf('\r\n');
      if (end < 0) break;
      const verb = text.slice(0, 4).toUpperCase();
      const size = verb === 'BDAT' ? Number.parseInt(text.slice(5, end), 10) : 0;
      text = text.slice(end + 2);
      if (verb === 'BDAT') chunkLeft = size;
      else if (verb === 'EHLO') replies += EHLO;
      else if (verb === 'DATA') {
        inData = true;
        // So that a message that begins with the terminator is seen too.
        text = `\r\n${text}`;
        replies += '354 go\r\n';
      } else if (verb === 'QUIT') {
        socket.end(`${replies}221 bye\r\n`);
        return;
      } else replies += '250 2.0.0 ok\r\n';
    }
    rest = text;
    if (replies !== '') socket.write(replies);
  });
}
