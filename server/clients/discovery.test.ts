// Autoconfig, autodiscover and SRV records: read back, and hostile requests refused.
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { autoconfigXml } from './autoconfig.ts';
import { autodiscoverAnswer, autodiscoverFault, OUTLOOK_SCHEMA, readAutodiscoverRequest } from './autodiscover.ts';
import { clientRecords } from './client-records.ts';
import { mailServers } from './mail-servers.ts';

const servers = mailServers({ hostname: 'mail.x.test', ports: { web: 1, mx: 2, submission: 587, submissions: 465, imap: 143, imaps: 993, pop3s: 995 } });
const parse = (xml: string) => new new JSDOM('').window.DOMParser().parseFromString(xml, 'application/xml');

test('autoconfig names the servers, TLS first', () => {
  const rows = [...parse(autoconfigXml('x.test', servers)).querySelectorAll('emailProvider[id="x.test"] > [type]')].map((server) =>
    [server.tagName, server.getAttribute('type'), ...['hostname', 'port', 'socketType', 'username'].map((name) => server.querySelector(name)?.textContent)].join(' '),
  );
  expect(rows).toEqual([
    'incomingServer imap mail.x.test 993 SSL %EMAILADDRESS%',
    'incomingServer imap mail.x.test 143 STARTTLS %EMAILADDRESS%',
    'incomingServer pop3 mail.x.test 995 SSL %EMAILADDRESS%',
    'outgoingServer smtp mail.x.test 465 SSL %EMAILADDRESS%',
    'outgoingServer smtp mail.x.test 587 STARTTLS %EMAILADDRESS%',
  ]);
});

const request = (address: string) =>
  `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>` +
  `<EMailAddress>${address}</EMailAddress><AcceptableResponseSchema>${OUTLOOK_SCHEMA}</AcceptableResponseSchema></Request></Autodiscover>`;

describe('autodiscover', () => {
  test('reads what Outlook sends', () => expect(readAutodiscoverRequest(request(' a&amp;b@x.test '))).toEqual({ kind: 'request', address: 'a&b@x.test', schema: OUTLOOK_SCHEMA }));

  test.each([
    ['an external entity', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${request('&x;').replace(/^<\?.*?\?>/, '')}`],
    ['a billion laughs', `<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>`],
    ['an unknown entity', request('&x;')],
    ['nesting without end', '<a>'.repeat(5000)],
    ['elements without end', `<a>${'<b/>'.repeat(5000)}</a>`],
    ['no XML', 'hello'],
    ['nothing', ''],
    ['no address', '<Autodiscover><Request/></Autodiscover>'],
    ['a request that is cut off', request('a@x.test').slice(0, -10)],
  ])('refuses %s', (_what, xml) => expect(readAutodiscoverRequest(xml).kind).toBe('invalid'));

  test('answers with IMAP, POP3 and SMTP by TLS, the address escaped', () => {
    const document = parse(autodiscoverAnswer('<x>&@x.test', servers));
    const of = (name: string) => [...document.getElementsByTagName(name)].map((found) => found.textContent);
    expect(of('Type')).toEqual(['IMAP', 'POP3', 'SMTP']);
    expect(of('Port')).toEqual(['993', '995', '465']);
    expect(of('SSL')).toEqual(['on', 'on', 'on']);
    expect(of('LoginName')).toEqual(Array(3).fill('<x>&@x.test'));
    expect(document.getElementsByTagName('Response')[0]?.namespaceURI).toBe(OUTLOOK_SCHEMA);
  });
  test('a fault has its code', () => expect(autodiscoverFault(600, new Date(0))).toContain('<ErrorCode>600</ErrorCode>'));
});

describe('DNS records', () => {
  test('of a site with a name', () =>
    expect(clientRecords('y.test', servers, 'https://mail.x.test').map(({ name, type, value }) => `${name} ${type} ${value}`)).toEqual([
      '_imaps._tcp.y.test SRV 0 1 993 mail.x.test',
      '_imap._tcp.y.test SRV 10 1 143 mail.x.test',
      '_pop3s._tcp.y.test SRV 20 1 995 mail.x.test',
      '_submissions._tcp.y.test SRV 0 1 465 mail.x.test',
      '_submission._tcp.y.test SRV 10 1 587 mail.x.test',
      '_autodiscover._tcp.y.test SRV 0 1 443 mail.x.test',
      'autoconfig.y.test CNAME mail.x.test',
    ]));
  test('without HTTPS the web has none', () => expect(clientRecords('y.test', servers, 'http://127.0.0.1:3000')).toHaveLength(5));
});
