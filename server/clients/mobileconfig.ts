// Apple's configuration profile of one mail account (com.apple.mail.managed), with its password. Pure; unsigned, so that
// devices show "not signed" and ask, as they do for every profile that their vendor's list does not vouch for.
import { createHash } from 'node:crypto';
import type { MailServers } from './mail-servers.ts';
import { element, xmlDocument, type XmlElement } from './xml.ts';

export interface ProfileAccount {
  address: string;
  displayName: string;
  password: string;
  /** Names the device's entry; a profile of the same account and name replaces the former one. */
  deviceName: string;
}

type PlistValue = string | number | boolean | readonly PlistValue[] | { [key: string]: PlistValue };

function plist(value: PlistValue): XmlElement {
  if (typeof value === 'string') return element('string', value);
  if (typeof value === 'number') return element('integer', String(value));
  if (typeof value === 'boolean') return element(value ? 'true' : 'false');
  if (Array.isArray(value)) return element('array', value.map(plist));
  return element('dict', Object.entries(value).flatMap(([key, each]) => [element('key', key), plist(each)]));
}

const DOCTYPE = '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n';

/** The XML of the profile. IMAP and submission over TLS. */
export function mobileconfig(servers: MailServers, account: ProfileAccount): string {
  const identity = `${account.address}:${account.deviceName}`;
  const identifier = `${servers.imap.host.split('.').reverse().join('.')}.mail.${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
  const root = plist({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuidOf(`profile:${identity}`),
    PayloadDisplayName: `Mail: ${account.address}`,
    PayloadDescription: `Sets up ${account.address} in Mail on this device`,
    PayloadOrganization: 'Eider',
    PayloadContent: [
      {
        PayloadType: 'com.apple.mail.managed',
        PayloadVersion: 1,
        PayloadIdentifier: `${identifier}.account`,
        PayloadUUID: uuidOf(`account:${identity}`),
        PayloadDisplayName: account.address,
        EmailAccountType: 'EmailTypeIMAP',
        EmailAccountName: account.displayName || account.address,
        EmailAccountDescription: account.address,
        EmailAddress: account.address,
        IncomingMailServerAuthentication: 'EmailAuthPassword',
        IncomingMailServerHostName: servers.imap.host,
        IncomingMailServerPortNumber: servers.imap.port,
        IncomingMailServerUseSSL: true,
        IncomingMailServerUsername: account.address,
        IncomingPassword: account.password,
        OutgoingMailServerAuthentication: 'EmailAuthPassword',
        OutgoingMailServerHostName: servers.smtp.host,
        OutgoingMailServerPortNumber: servers.smtp.port,
        OutgoingMailServerUseSSL: true,
        OutgoingMailServerUsername: account.address,
        OutgoingPasswordSameAsIncomingPassword: true,
      },
    ],
  });
  return xmlDocument(element('plist', [root], { version: '1.0' }), DOCTYPE);
}

/** Always the same for the same thing, so that a device replaces rather than adds. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`.toUpperCase();
}
