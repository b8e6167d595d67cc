// Reads a mailbox over IMAP with a real client, for tests.
import { ImapFlow } from 'imapflow';
import type { MailStack, TestAccount } from './mail-stack.ts';

export interface ReadMessage {
  uid: number;
  source: Buffer;
}

/** All messages of a folder, oldest first, as they are stored. */
export async function readMailbox(stack: MailStack, account: TestAccount, folder = 'INBOX'): Promise<ReadMessage[]> {
  return withImap(stack, account, async (client) => {
    const messages: ReadMessage[] = [];
    const lock = await client.getMailboxLock(folder);
    try {
      for await (const message of client.fetch('1:*', { uid: true, source: true, envelope: true, bodyStructure: true })) {
        messages.push({ uid: message.uid, source: message.source! });
      }
    } finally {
      lock.release();
    }
    return messages.sort((a, b) => a.uid - b.uid);
  });
}

/** Runs `work` on a signed-in IMAP connection. */
export async function withImap<T>(stack: MailStack, account: TestAccount, work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    host: '127.0.0.1', port: stack.ports.imaps, secure: true, tls: { rejectUnauthorized: false }, logger: false,
    auth: { user: account.address, pass: account.password },
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.logout();
  }
}
