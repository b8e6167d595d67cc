// Set-up files read back by parsers of their own; names and passwords that would break out of them.
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { mailServers } from './mail-servers.ts';
import { mobileconfig } from './mobileconfig.ts';
import { thunderbirdCode } from './thunderbird-code.ts';
import { element, escapeXml, xmlDocument } from './xml.ts';

const servers = mailServers({ hostname: 'mail.x.test', ports: { web: 1, mx: 2, submission: 587, submissions: 465, imap: 143, imaps: 993, pop3s: 995 } });
const parse = (xml: string) => new new JSDOM('').window.DOMParser().parseFromString(xml, 'application/xml');

describe('escapeXml', () => {
  test.each([
    ['a<b>&"\'', 'a&lt;b&gt;&amp;&quot;&#39;'],
    ['\u0000\u0008\ud800x\uffff', 'x'],
    ['ü 😀', 'ü 😀'],
    [']]>', ']]&gt;'],
  ])('%j', (text, expected) => expect(escapeXml(text)).toBe(expected));
  test('what was written is read back', () => {
    const nasty = `</a><!ENTITY x SYSTEM "file:///etc/passwd">&x;\u0007'"`;
    const document = parse(xmlDocument(element('a', [element('b', nasty, { c: nasty })])));
    expect(document.querySelector('b')?.textContent).toBe(nasty.replace('\u0007', ''));
    expect(document.querySelector('b')?.getAttribute('c')).toBe(nasty.replace('\u0007', ''));
  });
  test('names come from our own code', () => expect(() => xmlDocument(element('a b'))).toThrow());
});

describe('mobileconfig', () => {
  const account = { address: 'a&b@x.test', displayName: '</string><true/>', password: 'p<w&d', deviceName: 'Phone' };
  const pairs = (xml: string) =>
    Object.fromEntries([...parse(xml).querySelectorAll('array > dict > key')].map((key) => [key.textContent, key.nextElementSibling?.textContent || key.nextElementSibling?.tagName]));
  test('names both servers, the account and its password', () => {
    expect(pairs(mobileconfig(servers, account))).toMatchObject({
      PayloadType: 'com.apple.mail.managed',
      EmailAddress: 'a&b@x.test',
      EmailAccountName: '</string><true/>',
      IncomingMailServerHostName: 'mail.x.test',
      IncomingMailServerPortNumber: '993',
      IncomingMailServerUseSSL: 'true',
      IncomingPassword: 'p<w&d',
      OutgoingMailServerPortNumber: '465',
      OutgoingPasswordSameAsIncomingPassword: 'true',
    });
  });
  test('the same device gets the same identifiers, another one others', () => {
    const of = (deviceName: string) => pairs(mobileconfig(servers, { ...account, deviceName }))['PayloadUUID'];
    expect(of('Phone')).toBe(of('Phone'));
    expect(of('Phone')).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-8[0-9A-F]{3}-[0-9A-F]{12}$/);
    expect(of('Tablet')).not.toBe(of('Phone'));
  });
});

test('Thunderbird’s code', () =>
  expect(JSON.parse(thunderbirdCode(servers, { address: 'a@x.test', displayName: '', password: 'pw' }))).toEqual([
    1, [1, 1], [0, 'mail.x.test', 993, 3, 1, 'a@x.test', 'a@x.test', 'pw'], [[[0, 'mail.x.test', 465, 3, 1, 'a@x.test', 'pw'], ['a@x.test', 'a@x.test']]],
  ]));
