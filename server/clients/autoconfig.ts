// Thunderbird's autoconfiguration, version 1.1 (draft-bucksch-autoconfig): the servers of a hosted domain. Pure. What
// the asker sent is not in it: programs put the address in for %EMAILADDRESS% themselves.
import type { MailServer, MailServers } from './mail-servers.ts';
import { element, xmlDocument, type XmlElement } from './xml.ts';

const SOCKET: Record<MailServer['security'], string> = { tls: 'SSL', starttls: 'STARTTLS' };

function server(name: 'incomingServer' | 'outgoingServer', type: string, { host, port, security }: MailServer): XmlElement {
  return element(
    name,
    [
      element('hostname', host),
      element('port', String(port)),
      element('socketType', SOCKET[security]),
      element('authentication', 'password-cleartext'),
      element('username', '%EMAILADDRESS%'),
    ],
    { type },
  );
}

/** @param domain hosted here, A-labels */
export function autoconfigXml(domain: string, servers: MailServers): string {
  const provider = element(
    'emailProvider',
    [
      element('domain', domain),
      element('displayName', domain),
      element('displayShortName', domain),
      server('incomingServer', 'imap', servers.imap),
      server('incomingServer', 'imap', servers.imapStarttls),
      server('incomingServer', 'pop3', servers.pop3),
      server('outgoingServer', 'smtp', servers.smtp),
      server('outgoingServer', 'smtp', servers.smtpStarttls),
    ],
    { id: domain },
  );
  return xmlDocument(element('clientConfig', [provider], { version: '1.1' }));
}
