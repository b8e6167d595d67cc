// Sets IMAP flags that WildDuck's REST API does not know (\Answered, $Forwarded, keywords), over IMAP itself, so that
// every client sees them. Signs in with an app password of its own per account, short-lived and kept in memory only.
import { ImapFlow } from 'imapflow';
import type { WildduckClient } from '../wildduck/client.ts';

export interface FlagWriter {
  /**
   * Adds flags to one message. Adding one that is there is harmless.
   * @returns whether the message was there and has them now; false when it has gone, or gone elsewhere
   * @throws when the mail store's IMAP cannot be reached
   */
  addFlags(account: ImapAccount, message: { folderPath: string; uid: number }, flags: readonly string[]): Promise<boolean>;
}

export interface ImapAccount {
  wildduckUserId: string;
  address: string;
}

/** An app password ends by itself this long after its last use; we stop using it earlier. */
const PASSWORD_SECONDS = 3600;
const REUSE_MS = 30 * 60_000;
const MAX_ACCOUNTS = 1000;

/**
 * @param imaps host and port of the mail store's IMAP over TLS; on loopback, so its certificate is not checked
 */
export function createFlagWriter(wildduck: WildduckClient, imaps: { host: string; port: number }): FlagWriter {
  const passwords = new Map<string, { password: Promise<string>; until: number }>();

  const passwordOf = (account: ImapAccount): Promise<string> => {
    const known = passwords.get(account.wildduckUserId);
    if (known && known.until > Date.now()) return known.password;
    if (passwords.size >= MAX_ACCOUNTS) passwords.delete(passwords.keys().next().value!);
    const password = wildduck
      .createAppPassword(account.wildduckUserId, { description: 'Eider web', scopes: ['imap'], ttlSeconds: PASSWORD_SECONDS })
      .then((created) => created.password);
    passwords.set(account.wildduckUserId, { password, until: Date.now() + REUSE_MS });
    password.catch(() => passwords.delete(account.wildduckUserId));
    return password;
  };

  return {
    async addFlags(account, message, flags) {
      const client = new ImapFlow({
        ...imaps,
        secure: true,
        tls: { rejectUnauthorized: false },
        auth: { user: account.address, pass: await passwordOf(account) },
        logger: false,
        disableAutoIdle: true,
        connectionTimeout: 5_000,
        greetingTimeout: 5_000,
        socketTimeout: 15_000,
      });
      // A connection that breaks in between also rejects the call that waits for it.
      client.on('error', () => undefined);
      try {
        await client.connect();
        const lock = await client.getMailboxLock(message.folderPath);
        try {
          await client.messageFlagsAdd(String(message.uid), [...flags], { uid: true });
          // STORE says OK for a UID that is not there.
          const found = await client.fetchOne(String(message.uid), { flags: true }, { uid: true });
          return found ? flags.every((flag) => found.flags?.has(flag)) : false;
        } finally {
          lock.release();
        }
      } catch (error) {
        if ((error as { authenticationFailed?: boolean }).authenticationFailed) passwords.delete(account.wildduckUserId);
        throw error;
      } finally {
        client.close();
      }
    },
  };
}
