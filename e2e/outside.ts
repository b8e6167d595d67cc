// The rest of the internet: one domain, whose mail server is the scripted one of the delivery tests (what a
// recipient's local part makes it do stands there). It runs once for all journeys, beside the product; a journey asks
// it over HTTP what has come.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeMx, type ReceivedMail } from '../server/delivery/testing/fake-mx.ts';
import type { ProductAddress } from '../test/product/product.ts';

export const OUTSIDE_DOMAIN = 'outside.example';

/** How often a journey that waits for mail asks. */
const ASK_AGAIN_MS = 100;

export interface OutsideMessage {
  reversePath: string;
  recipients: string[];
  /** Whether it came over TLS. */
  tls: boolean;
  /** The content as text. */
  source: string;
}

export interface Outside {
  /** Everything accepted so far that `matches`. */
  messages(matches: (message: OutsideMessage) => boolean): Promise<OutsideMessage[]>;
  /** How often a recipient was offered to it. */
  tries(recipient: string): Promise<number>;
  /** The first message, past or future, that `matches`; the test's own time limit ends the waiting. */
  message(matches: (message: OutsideMessage) => boolean): Promise<OutsideMessage>;
}

/**
 * Listens for mail on `port`, with STARTTLS by a certificate that nobody vouches for, as many real servers have it.
 * @returns where to ask it over HTTP, and its end
 */
export async function startOutside(product: ProductAddress, port: number): Promise<{ url: string; close: () => Promise<void> }> {
  const cert = readFileSync(product.certificate, 'utf8');
  const key = readFileSync(join(dirname(product.certificate), 'key.pem'), 'utf8');
  const mx = await startFakeMx({ port, host: '127.0.0.1', tls: { cert, key } });
  const answers: Record<string, () => unknown> = { '/messages': () => mx.received.map(toMessage), '/commands': () => mx.commands };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.() ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await mx.close();
    },
  };
}

const toMessage = ({ reversePath, recipients, tls, content }: ReceivedMail): OutsideMessage => ({ reversePath, recipients, tls, source: content.toString('latin1') });

/** Asks the one that runs at `url`. */
export function outsideAt(url: string): Outside {
  const ask = async <T>(path: string): Promise<T> => (await fetch(`${url}${path}`)).json() as Promise<T>;
  const messages: Outside['messages'] = async (matches) => (await ask<OutsideMessage[]>('/messages')).filter(matches);
  return {
    messages,
    tries: async (recipient) => {
      const command = `RCPT TO:<${recipient.toUpperCase()}>`;
      return (await ask<string[]>('/commands')).filter((line) => line.toUpperCase().startsWith(command)).length;
    },
    message: async (matches) => {
      for (;;) {
        const [found] = await messages(matches);
        if (found) return found;
        await sleep(ASK_AGAIN_MS);
      }
    },
  };
}
