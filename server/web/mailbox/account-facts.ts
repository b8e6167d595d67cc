// What the mail store knows about an account and rarely changes: its addresses, its special folders, its quota.
// Kept for a minute, so that a request asks the mail store only for what it is about.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpecialUse } from '../contract/mailbox.ts';
import type { Identity } from '../contract/session.ts';
import { SNOOZED_PATH } from '../../mailbox/folder.store.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { WildduckClient } from '../../infra/wildduck/client.ts';

const KEEP_MS = 60_000;
const MAX_ENTRIES = 5_000;
const MADE_TRIES = 20;
const MADE_PAUSE_MS = 100;

/** An account by its user in the mail store. */
export interface MailUser {
  wildduckUserId: string;
}

export interface AccountFacts {
  /** Addresses the account may send from, the main one first. */
  identities(account: MailUser): Promise<Identity[]>;
  /** The mail store's id of a special folder, made when the account has none. */
  folderFor(account: MailUser, use: SpecialUse): Promise<string>;
  quota(account: MailUser): Promise<{ usedBytes: number; limitBytes: number }>;
  /** Folders were made, renamed or deleted. */
  forget(account: MailUser): void;
}

const FLAG: Record<Exclude<SpecialUse, 'inbox' | 'snoozed'>, string> = {
  drafts: '\\Drafts',
  sent: '\\Sent',
  archive: '\\Archive',
  junk: '\\Junk',
  trash: '\\Trash',
};
/** Made when missing: in accounts that were not made by Eider. The mail store has no way to set the flag later. */
const DEFAULT_PATH: Record<Exclude<SpecialUse, 'inbox'>, string> = {
  snoozed: SNOOZED_PATH,
  drafts: 'Drafts',
  sent: 'Sent',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
};

export function createAccountFacts(wildduck: WildduckClient, now: () => number = Date.now): AccountFacts {
  const identities = createKept<Identity[]>(now);
  const folders = createKept<Map<string, string>>(now);
  const quotas = createKept<{ usedBytes: number; limitBytes: number }>(now);

  const specialFolders = (userId: string) =>
    folders.get(userId, async () => {
      const found = new Map<string, string>();
      for (const mailbox of await wildduck.listMailboxes(userId)) {
        if (mailbox.path === 'INBOX') found.set('inbox', mailbox.id);
        if (mailbox.specialUse) found.set(mailbox.specialUse, mailbox.id);
        found.set(`path:${mailbox.path}`, mailbox.id);
      }
      return found;
    });

  return {
    identities: (account) =>
      identities.get(account.wildduckUserId, async () => {
        const addresses = await wildduck.listAddresses(account.wildduckUserId);
        return addresses
          // `*@example.com` receives; nobody can send as a pattern.
          .filter((entry) => !entry.address.includes('*'))
          .map((entry) => ({ address: entry.address, name: entry.name, main: entry.main }))
          .sort((a, b) => Number(b.main) - Number(a.main));
      }),
    async folderFor(account, use) {
      const userId = account.wildduckUserId;
      const wanted = (known: Map<string, string>) =>
        use === 'inbox' ? known.get('inbox') : ((use === 'snoozed' ? undefined : known.get(FLAG[use])) ?? known.get(`path:${DEFAULT_PATH[use]}`));
      const known = wanted(await specialFolders(userId));
      if (known !== undefined) return known;
      if (use === 'inbox') throw new WildduckError('protocol', 'an account without INBOX');
      await wildduck.createMailbox(userId, DEFAULT_PATH[use]);
      // WildDuck answers before its insert is stored.
      for (let n = 0; n < MADE_TRIES; n++) {
        folders.forget(userId);
        const made = wanted(await specialFolders(userId));
        if (made !== undefined) return made;
        await sleep(MADE_PAUSE_MS);
      }
      throw new WildduckError('unavailable', `no ${use} folder after making one`);
    },
    quota: (account) =>
      quotas.get(account.wildduckUserId, async () => {
        const user = await wildduck.getUser(account.wildduckUserId);
        return { usedBytes: user?.quota.usedBytes ?? 0, limitBytes: user?.quota.allowedBytes ?? 0 };
      }),
    forget(account) {
      folders.forget(account.wildduckUserId);
      identities.forget(account.wildduckUserId);
    },
  };
}

/** Values by key for a minute; one load for concurrent readers; a failed load is not kept. */
function createKept<T>(now: () => number) {
  const entries = new Map<string, { value: Promise<T>; until: number }>();
  return {
    get(key: string, load: () => Promise<T>): Promise<T> {
      const entry = entries.get(key);
      if (entry && entry.until > now()) return entry.value;
      if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value!);
      const value = load();
      entries.set(key, { value, until: now() + KEEP_MS });
      value.catch(() => {
        if (entries.get(key)?.value === value) entries.delete(key);
      });
      return value;
    },
    forget: (key: string) => void entries.delete(key),
  };
}
