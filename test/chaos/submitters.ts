// Mail programs that submit over SMTP with sign-in, one message after another; what got its 250 is theirs no more.
import { createTransport, type Transporter } from 'nodemailer';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Submitters {
  /** Ends when each has had the answer to its last message. */
  stop(): Promise<void>;
}

interface Account {
  address: string;
  password: string;
}

/** @param onAccepted told of each recipient of a message that got its 250 */
export function startSubmitters(account: Account, port: number, count: number, onAccepted: (id: string) => void): Submitters {
  let stopping = false;
  const transport = (): Transporter =>
    createTransport({
      host: '127.0.0.1', port, pool: true, maxConnections: 1, requireTLS: true, tls: { rejectUnauthorized: false },
      auth: { user: account.address, pass: account.password }, connectionTimeout: 5_000, greetingTimeout: 10_000, socketTimeout: 20_000,
    });
  async function submit(sender: number): Promise<void> {
    let pooled = transport();
    for (let number = 0; !stopping; number++) {
      const id = `s-${sender}-${number}@d${number % 20}.example`;
      try {
        const sent = await pooled.sendMail({ from: account.address, to: id, subject: `Message ${number}`, text: 'hello\n'.repeat(100) });
        if (sent.response?.startsWith('250')) onAccepted(id);
      } catch {
        // Refused or broken: a mail program would keep it in its outbox. A new connection for the next.
        pooled.close();
        pooled = transport();
      }
      await sleep(50 + Math.random() * 100);
    }
    pooled.close();
  }
  const running = Array.from({ length: count }, (_, sender) => submit(sender));
  return {
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}
