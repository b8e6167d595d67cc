// A short IMAP session for what WildDuck's REST API cannot do: keywords (labels), which Thunderbird shows as tags.
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';

export interface ImapAccess {
  /** Loopback address and port of WildDuck's IMAP with TLS. */
  host: string;
  port: number;
  /** PEM of the certificate that the server must show; its own, since it is ours. */
  certificateFile: string;
  username: string;
  /** An app password with the `imap` scope. */
  password: string;
}

export interface LabelChange {
  /** Mailbox path as IMAP has it. */
  mailboxPath: string;
  uids: readonly number[];
  add: readonly string[];
  remove: readonly string[];
}

/** UIDs per command: keeps its line well below what servers take. */
const UIDS_PER_COMMAND = 500;
const COMMAND_TIMEOUT_MS = 60_000;

/**
 * Sets and takes labels of messages. Messages that are gone are skipped; repeating is harmless.
 * @throws what imapflow throws when the server cannot be reached or refuses the sign-in
 */
export async function changeLabels(access: ImapAccess, changes: readonly LabelChange[]): Promise<void> {
  const client = new ImapFlow({
    host: access.host,
    port: access.port,
    secure: true,
    tls: {
      ca: readFileSync(access.certificateFile, 'utf8'),
      // The certificate is pinned by `ca`; it names the public host, not the loopback address.
      checkServerIdentity: () => undefined,
    },
    auth: { user: access.username, pass: access.password },
    logger: false,
    disableAutoIdle: true,
    socketTimeout: COMMAND_TIMEOUT_MS,
  });
  await client.connect();
  try {
    for (const change of changes) {
      const lock = await client.getMailboxLock(change.mailboxPath);
      try {
        for (let start = 0; start < change.uids.length; start += UIDS_PER_COMMAND) {
          const range = change.uids.slice(start, start + UIDS_PER_COMMAND).join(',');
          if (change.add.length > 0) await client.messageFlagsAdd(range, [...change.add], { uid: true, silent: true });
          if (change.remove.length > 0) await client.messageFlagsRemove(range, [...change.remove], { uid: true, silent: true });
        }
      } finally {
        lock.release();
      }
    }
  } finally {
    await client.logout().catch(() => client.close());
  }
}
