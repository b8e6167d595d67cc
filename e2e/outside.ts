// The rest of the internet: a mail server for one domain, whose recipients' local parts script what it answers.
//   anything@           accepted
//   later-<n>.…@        451 to the first n tries, then accepted
//   refuse.…@           550 5.1.1 to RCPT
import { once } from 'node:events';
import { SMTPServer, type SMTPServerAddress, type SMTPServerSession } from 'smtp-server';

export const OUTSIDE_DOMAIN = 'outside.example';

export interface OutsideMessage {
  from: string;
  to: string[];
  secure: boolean;
  source: string;
}

export interface Outside {
  /** Everything accepted so far. */
  messages: OutsideMessage[];
  /** Every RCPT of a recipient, accepted or not. */
  tries(recipient: string): number;
  /** The first message, past or future, that `matches`. */
  message(matches: (message: OutsideMessage) => boolean): Promise<OutsideMessage>;
  close(): Promise<void>;
}

type Refusal = Error & { responseCode: number };

/** Listens on a port of 127.0.0.1, with STARTTLS by a throw-away certificate as many real servers have it. */
export async function openOutside(port: number): Promise<Outside> {
  const messages: OutsideMessage[] = [];
  const waiting = new Set<() => void>();
  const tries = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH'],
    logger: false,
    onRcptTo(address, _session, callback) {
      const count = (tries.get(address.address) ?? 0) + 1;
      tries.set(address.address, count);
      callback(refusal(address, count));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        messages.push(received(session, Buffer.concat(chunks)));
        callback(null, 'kept');
        for (const look of waiting) look();
      });
    },
  });
  server.on('error', () => undefined); // A client that hangs up during TLS: its own tests say what went wrong.
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    messages,
    tries: (recipient) => tries.get(recipient) ?? 0,
    message: (matches) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = messages.find(matches);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal({ address }: SMTPServerAddress, count: number): Refusal | null {
  if (address.startsWith('refuse.')) return Object.assign(new Error('5.1.1 no such mailbox here'), { responseCode: 550 });
  const later = /^later-(\d+)\./.exec(address);
  if (later && count <= Number(later[1])) return Object.assign(new Error('4.3.0 come back later'), { responseCode: 451 });
  return null;
}

function received(session: SMTPServerSession, source: Buffer): OutsideMessage {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    secure: session.secure,
    source: source.toString('latin1'),
  };
}
