// What Thunderbird for Android scans under "Import settings": version 1 of the format that Thunderbird for desktop
// exports. Pure.
import type { MailServer, MailServers } from './mail-servers.ts';

const VERSION = 1;
const IMAP = 0;
const SMTP = 0;
const SECURITY: Record<MailServer['security'], number> = { starttls: 2, tls: 3 };
/** A plain password, inside of TLS. */
const PASSWORD = 1;

/** One account in one code. */
export function thunderbirdCode(servers: MailServers, account: { address: string; displayName: string; password: string }): string {
  const { imap, smtp } = servers;
  const { address, displayName, password } = account;
  return JSON.stringify([
    VERSION,
    [1, 1],
    [IMAP, imap.host, imap.port, SECURITY[imap.security], PASSWORD, address, address, password],
    [[[SMTP, smtp.host, smtp.port, SECURITY[smtp.security], PASSWORD, address, password], [address, displayName || address]]],
  ]);
}
