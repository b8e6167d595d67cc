// Sends one message over SMTP for tests and tells the reply. As simple as a sender can be; it mends nothing.
import { connect, type Socket } from 'node:net';

export interface Sending {
  port: number;
  from: string;
  to: string[];
  /** With CRLF line ends; dot-stuffed here. */
  message: string | Buffer;
  helo?: string;
  /** Goes away right after the final dot, without waiting for the reply. */
  abandon?: boolean;
  /** Runs between the accepted recipients and DATA. */
  beforeData?: () => Promise<void>;
}

export interface SendReply {
  code: number;
  text: string;
}

/** @returns the reply to the content, or the first refusal before it */
export async function sendMessage(sending: Sending): Promise<SendReply> {
  const socket = connect(sending.port, '127.0.0.1');
  const reply = replyReader(socket);
  try {
    await reply();
    for (const command of [
      `EHLO ${sending.helo ?? 'client.example.net'}`,
      `MAIL FROM:<${sending.from}>`,
      ...sending.to.map((address) => `RCPT TO:<${address}>`),
    ]) {
      socket.write(`${command}\r\n`);
      const answer = await reply();
      if (answer.code >= 400) return answer;
    }
    await sending.beforeData?.();
    socket.write('DATA\r\n');
    const answer = await reply();
    if (answer.code !== 354) return answer;
    socket.write(stuff(Buffer.from(sending.message)));
    if (sending.abandon) {
      await new Promise<void>((resolve) => socket.end(resolve));
      return { code: 0, text: '' };
    }
    const final = await reply();
    socket.write('QUIT\r\n');
    await reply();
    return final;
  } finally {
    socket.destroy();
  }
}

/** Dot-stuffing and the end (RFC 5321 4.5.2). */
function stuff(message: Buffer): Buffer {
  const text = message.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(text.endsWith('\r\n') ? `${text}.\r\n` : `${text}\r\n.\r\n`, 'latin1');
}

function replyReader(socket: Socket): () => Promise<SendReply> {
  let text = '';
  let closed = false;
  let wake: () => void = () => {};
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  for (const event of ['close', 'error', 'end']) {
    socket.on(event, () => {
      closed = true;
      wake();
    });
  }
  return async () => {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*(\d{3}) ?([^\r\n]*)\r\n/.exec(text);
      if (match) {
        text = text.slice(match[0].length);
        return { code: Number(match[1]), text: match[2]! };
      }
      if (closed) return { code: 0, text: 'connection closed' };
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}
