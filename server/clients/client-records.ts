// DNS records by which mail programs find the servers of a domain (RFC 6186, RFC 8314 5.1, MS-OXDISCO). Pure.
import type { MailServer, MailServers } from './mail-servers.ts';

export interface ClientRecord {
  /** Absolute, without the dot at the end. */
  name: string;
  type: 'SRV' | 'CNAME';
  /** SRV: `priority weight port target`; CNAME: the target. */
  value: string;
  purpose: 'imap' | 'pop3' | 'submission' | 'autodiscover' | 'autoconfig';
}

/**
 * @param domain A-labels, lower case
 * @param publicUrl where the web app is, which answers autoconfig and autodiscover
 */
export function clientRecords(domain: string, servers: MailServers, publicUrl: string): ClientRecord[] {
  const srv = (service: string, purpose: ClientRecord['purpose'], priority: number, { host, port }: Pick<MailServer, 'host' | 'port'>): ClientRecord => ({
    name: `_${service}._tcp.${domain}`, type: 'SRV', value: `${priority} 1 ${port} ${host}`, purpose,
  });
  const web = new URL(publicUrl);
  const named = !/^[\d.]+$|^\[/.test(web.hostname);
  return [
    srv('imaps', 'imap', 0, servers.imap),
    srv('imap', 'imap', 10, servers.imapStarttls),
    srv('pop3s', 'pop3', 20, servers.pop3),
    srv('submissions', 'submission', 0, servers.smtp),
    srv('submission', 'submission', 10, servers.smtpStarttls),
    // Autodiscovery goes by HTTPS only; without a name there is nothing to point at.
    ...(named && web.protocol === 'https:'
      ? [
          srv('autodiscover', 'autodiscover', 0, { host: web.hostname, port: Number(web.port || 443) }),
          { name: `autoconfig.${domain}`, type: 'CNAME', value: web.hostname, purpose: 'autoconfig' } as const,
        ]
      : []),
  ];
}
