// Outlook's autodiscovery ("POX", MS-OXDSCLI): reading its request, writing its answer. Pure.
import { SaxesParser } from 'saxes';
import type { MailServer, MailServers } from './mail-servers.ts';
import { element, xmlDocument, type XmlElement } from './xml.ts';

export const OUTLOOK_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
const RESPONSE_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';

export type AutodiscoverRequest =
  | { kind: 'request'; address: string; schema: string }
  | { kind: 'invalid'; rule: string };

/** Outlook's requests have four elements, two deep. */
const MAX_DEPTH = 10;
const MAX_ELEMENTS = 100;

/** Reads a request. A document type is refused, and with it entities of any kind; nothing outside of the text is read. */
export function readAutodiscoverRequest(xml: string): AutodiscoverRequest {
  const found: Record<string, string> = {};
  const open: string[] = [];
  let elements = 0;
  const parser = new SaxesParser();
  const refuse = (rule: string): never => {
    throw new Error(rule);
  };
  parser.on('doctype', () => refuse('a document type is not taken'));
  parser.on('error', (error) => refuse(error.message));
  parser.on('opentag', ({ name }) => {
    open.push(name.replace(/^.*:/, ''));
    if (open.length > MAX_DEPTH || (elements += 1) > MAX_ELEMENTS) refuse('too many elements');
  });
  parser.on('text', (text) => {
    const name = open.at(-1);
    if (name === 'EMailAddress' || name === 'AcceptableResponseSchema') found[name] = (found[name] ?? '') + text;
  });
  parser.on('closetag', () => void open.pop());
  try {
    parser.write(xml).close();
  } catch (error) {
    return { kind: 'invalid', rule: (error as Error).message.slice(0, 200) };
  }
  const address = found['EMailAddress']?.trim() ?? '';
  const schema = found['AcceptableResponseSchema']?.trim() ?? '';
  if (address === '') return { kind: 'invalid', rule: 'EMailAddress is missing' };
  return { kind: 'request', address, schema };
}

function protocol(type: string, server: MailServer, login: string, more: readonly XmlElement[] = []): XmlElement {
  return element('Protocol', [
    element('Type', type),
    element('Server', server.host),
    element('Port', String(server.port)),
    element('LoginName', login),
    element('DomainRequired', 'off'),
    element('SPA', 'off'),
    element('SSL', server.security === 'tls' ? 'on' : 'off'),
    element('Encryption', server.security === 'tls' ? 'SSL' : 'TLS'),
    element('AuthRequired', 'on'),
    ...more,
  ]);
}

const answer = (children: readonly XmlElement[], schema: string): string =>
  xmlDocument(element('Autodiscover', [element('Response', children, { xmlns: schema })], { xmlns: RESPONSE_SCHEMA }));

/** The settings of one address. */
export function autodiscoverAnswer(address: string, servers: MailServers): string {
  return answer(
    [
      element('User', [element('DisplayName', address)]),
      element('Account', [
        element('AccountType', 'email'),
        element('Action', 'settings'),
        protocol('IMAP', servers.imap, address),
        protocol('POP3', servers.pop3, address),
        protocol('SMTP', servers.smtp, address, [element('UsePOPAuth', 'off'), element('SMTPLast', 'off')]),
      ]),
    ],
    OUTLOOK_SCHEMA,
  );
}

/** 600: the request is not one; 601: what it asks for is not here; 500: the domain is not ours. */
export type AutodiscoverFault = 600 | 601 | 500;
const FAULTS: Record<AutodiscoverFault, string> = {
  600: 'Invalid Request',
  601: 'Requested schema version not supported',
  500: 'The email address cannot be found.',
};

export function autodiscoverFault(code: AutodiscoverFault, now: Date): string {
  const error = element('Error', [element('ErrorCode', String(code)), element('Message', FAULTS[code]), element('DebugData')], {
    Time: now.toISOString().slice(11, 19),
    Id: '0',
  });
  return answer([error], RESPONSE_SCHEMA);
}
