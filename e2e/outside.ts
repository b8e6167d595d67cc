// The rest of the internet: one domain, whose mail server is the scripted one of the delivery tests (what a
// recipient's local part makes it do stands there).
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startFakeMx, type FakeMx, type ReceivedMail } from '../server/delivery/testing/fake-mx.ts';
import type { ProductAddress } from '../test/product/product.ts';

export const OUTSIDE_DOMAIN = 'outside.example';

export interface OutsideMessage extends ReceivedMail {
  /** The content as text. */
  source: string;
}

export interface Outside {
  /** Everything accepted so far that `matches`. */
  messages(matches: (message: OutsideMessage) => boolean): OutsideMessage[];
  /** How often a recipient was offered to it. */
  tries(recipient: string): number;
  /** The first message, past or future, that `matches`. */
  message(matches: (message: OutsideMessage) => boolean): Promise<OutsideMessage>;
  close(): Promise<void>;
}

/** Listens on `port`, with STARTTLS by a certificate that nobody vouches for, as many real servers have it. */
export async function openOutside(product: ProductAddress, port: number): Promise<Outside> {
  const cert = readFileSync(product.certificate, 'utf8');
  const key = readFileSync(join(dirname(product.certificate), 'key.pem'), 'utf8');
  const server: FakeMx = await startFakeMx({ port, host: '127.0.0.1', tls: { cert, key } });
  const withSource = (mail: ReceivedMail): OutsideMessage => ({ ...mail, source: mail.content.toString('latin1') });
  const messages: Outside['messages'] = (matches) => server.received.map(withSource).filter(matches);
  return {
    messages,
    tries: (recipient) => server.commands.filter((command) => command.toUpperCase().startsWith(`RCPT TO:<${recipient.toUpperCase()}>`)).length,
    message: async (matches) => {
      await server.waitFor((received) => received.some((mail) => matches(withSource(mail))));
      return messages(matches)[0]!;
    },
    close: () => server.close(),
  };
}
