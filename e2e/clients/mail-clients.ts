// Standard mail clients as a user of Thunderbird and the like would have them set up: IMAP over TLS, submission with
// a password, and plain SMTP as other mail servers speak it to us. The product's certificate is verified.
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type Mail from 'nodemailer/lib/mailer/index.js';
import type { Login, ProductAddress } from '../../test/product/product.ts';

/** An open IMAP connection; `logout` it. */
export async function openImap(product: ProductAddress, login: Login): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: product.host,
    port: product.ports.imaps,
    secure: true,
    auth: { user: login.address, pass: login.password },
    tls: { ca: readFileSync(product.certificate) },
    logger: false,
  });
  await client.connect();
  return client;
}

export interface FoundMessage {
  uid: number;
  flags: Set<string>;
  source: string;
}

/** Waits until a message with this subject is in the mailbox (a path, or a special use such as `\\Sent`), woken by IMAP IDLE. */
export async function imapMessage(product: ProductAddress, login: Login, subject: string, mailbox = 'INBOX', within = 30_000): Promise<FoundMessage> {
  const client = await openImap(product, login);
  try {
    const lock = await client.getMailboxLock(mailbox.startsWith('\\') ? await pathOf(client, mailbox) : mailbox);
    try {
      const deadline = Date.now() + within;
      while (Date.now() < deadline) {
        const uids = await client.search({ header: { subject } }, { uid: true });
        const uid = uids ? uids.at(-1) : undefined;
        if (uid !== undefined) {
          const found = await client.fetchOne(String(uid), { uid: true, flags: true, source: true }, { uid: true });
          if (found) return { uid, flags: found.flags ?? new Set(), source: (found.source ?? Buffer.alloc(0)).toString('utf8') };
        }
        await change(client, Math.min(2_000, deadline - Date.now()));
      }
    } finally {
      lock.release();
    }
  } finally {
    await client.logout();
  }
  throw new Error(`no message "${subject}" in ${mailbox} of ${login.address} within ${within / 1000} s`);
}

async function pathOf(client: ImapFlow, specialUse: string): Promise<string> {
  const found = (await client.list()).find((mailbox) => mailbox.specialUse === specialUse);
  if (!found) throw new Error(`no mailbox is marked ${specialUse}`);
  return found.path;
}

/** The next change of the open mailbox, or the end of `within` milliseconds. */
function change(client: ImapFlow, within: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      client.off('exists', done);
      resolve();
    };
    const timer = setTimeout(done, within);
    client.on('exists', done);
    client.noop().catch(done);
  });
}

/** Delivers to our MX as another mail server would; resolves with the reply to DATA. */
export async function deliverFromOutside(product: ProductAddress, mail: Mail.Options): Promise<string> {
  const transport = nodemailer.createTransport({
    host: product.host,
    port: product.ports.mx,
    name: 'mail.outside.example',
    tls: { ca: readFileSync(product.certificate) },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await transport.sendMail({ from: '"Vera Outside" <vera@outside.example>', ...mail });
    return response;
  } finally {
    transport.close();
  }
}

/** Submits as a desktop client does: 465 with TLS from the start, or 587 with STARTTLS. */
export async function submit(product: ProductAddress, login: Login, mail: Mail.Options, via: 'tls' | 'starttls' = 'tls'): Promise<string> {
  const transport = nodemailer.createTransport({
    host: product.host,
    port: via === 'tls' ? product.ports.submissions : product.ports.submission,
    secure: via === 'tls',
    requireTLS: true,
    auth: { user: login.address, pass: login.password },
    tls: { ca: readFileSync(product.certificate) },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await transport.sendMail({ from: login.address, ...mail });
    return response;
  } finally {
    transport.close();
  }
}
