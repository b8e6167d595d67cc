// Messages that talk of failed delivery, or carry reports, and are none: taken for bounces they would suppress
// addresses that are alive. And the line on the other side: what is just enough of a report.
import { describe, expect, test } from 'vitest';
import { parseReport } from './parse-report.ts';

const mail = (fields: Record<string, string>, ...body: string[]): Buffer =>
  Buffer.from([...Object.entries({ To: 'news@sender.example.org', Date: 'Mon, 2 Mar 2026 10:05:00 +0000', 'Message-ID': '<n1@example.com>', ...fields }).map(([name, value]) => `${name}: ${value}`), '', ...body, ''].join('\n'));
const ANNA = 'Anna <anna@example.com>';
const LIST = { 'List-Id': '<postfix.lists.example>', Precedence: 'list' };

const DSN = [
  'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>', 'To: anna@example.com', 'Subject: Undelivered Mail Returned to Sender', 'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=d', '', '--d', '',
  '<bert@example.net>: host mx.example.net[192.0.2.1] said: 550 5.1.1', '    <bert@example.net>: User unknown (in reply to RCPT TO command)', '',
  '--d', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.net', '', 'Final-Recipient: rfc822; bert@example.net', 'Action: failed', 'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 <bert@example.net>: User unknown', '', '--d', 'Content-Type: message/rfc822', '', 'From: anna@example.com', 'To: bert@example.net', 'Subject: Hello', 'Message-ID: <m1@example.com>', '', 'Hello', '--d--',
];
const STATUS = DSN.slice(DSN.indexOf('Reporting-MTA: dns; mx.example.net'), DSN.indexOf('Diagnostic-Code: smtp; 550 5.1.1 <bert@example.net>: User unknown') + 1);
const WORDS = DSN.slice(8, 10);
const mixed = (...parts: string[][]): string[] => [...parts.flatMap((part) => ['--m', ...part]), '--m--'];
const MIXED = { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary=m' };

const NONE: [string, Buffer][] = [
  // Bounces that people, lists and desks pass on.
  ['a report attached to a letter', mail({ From: ANNA, Subject: 'What is this?', ...MIXED }, ...mixed(['', 'Do you know what this means?'], ['Content-Type: message/rfc822', '', ...DSN]))],
  ['a report forwarded as attachment', mail({ From: ANNA, Subject: 'Fwd: Undelivered Mail Returned to Sender', ...MIXED }, ...mixed(['', 'My mail could not be delivered.'], ['Content-Type: message/rfc822', '', ...DSN]))],
  ['a report forwarded with its parts unwrapped', mail({ From: ANNA, Subject: 'FW: Undelivered Mail Returned to Sender', ...MIXED }, ...mixed(['', ...WORDS], DSN.slice(DSN.indexOf('Content-Type: message/delivery-status'), DSN.indexOf('--d', 13)), ['Content-Type: message/rfc822', '', 'From: anna@example.com', '']))],
  ['a report forwarded in the text', mail({ From: ANNA, Subject: 'Fwd: Undelivered Mail Returned to Sender' }, 'Bert has gone?', '', '---------- Forwarded message ---------', 'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>', '', ...WORDS)],
  ['an answer that quotes a report', mail({ From: ANNA, Subject: 'Re: Undelivered Mail Returned to Sender', 'In-Reply-To': '<d@mx>' }, 'I shall ask him.', '', ...[...WORDS, '', ...STATUS].map((line) => `> ${line}`))],
  ['an answer of the postmaster that quotes a report', mail({ From: 'Karl <postmaster@example.com>', Subject: 'Re: user unknown', 'In-Reply-To': '<d@mx>' }, 'He has left us.', '', 'Anna wrote:', ...[...WORDS, '', ...STATUS].map((line) => `> ${line}`))],
  ['an answer with the report below it', mail({ From: ANNA, Subject: 'AW: Unzustellbar: Angebot' }, 'Bitte andere Adresse nehmen.', '', '-----Original Message-----', 'From: postmaster@example.net', ...WORDS)],
  ['a question with all the fields', mail({ From: ANNA, Subject: 'Undeliverable mail, please help' }, 'This came back:', '', ...WORDS, '', ...STATUS)],
  ['a subject that is a refusal', mail({ From: ANNA, Subject: '550 5.1.1 User unknown - why is my mail returned to sender?' }, 'I got: <bert@example.net>: 550 5.1.1 User unknown')],
  ['a digest of a list about mail', mail({ From: 'postfix-request@lists.example', Subject: 'postfix Digest, Vol 3: Undelivered Mail Returned to Sender', ...LIST }, 'Message: 1', ...WORDS, '', ...STATUS)],
  ['a MIME digest that holds a report', mail({ From: 'postfix-request@lists.example', Subject: 'postfix Digest, Vol 4', ...LIST, 'Content-Type': 'multipart/digest; boundary=m' }, ...mixed(['Content-Type: message/rfc822', '', ...DSN]))],
  ['a postmaster who writes to a list', mail({ From: 'postmaster@example.com', Subject: 'Undeliverable mail to bert@example.net', ...LIST }, 'We see:', ...WORDS)],
  ['a list manager that shows its owner a bounce', mail({ From: 'mailman-bounces@lists.example', Subject: 'Uncaught bounce notification', ...LIST, ...MIXED }, ...mixed(['', 'The attached message was received as a bounce, but the bounce format was not recognized.'], ['Content-Type: message/rfc822', '', ...DSN]))],
  ['a list message held for its moderator', mail({ From: 'gardening-owner@lists.example', Subject: 'gardening post from anna@example.com requires approval' }, 'As list administrator, your authorization is requested for the following mailing list posting:', '', '    From: anna@example.com', '    Reason: Message may contain administrivia, rejected')],
  ['a ticket that tells of a bounce', mail({ From: 'Helpdesk <support@desk.example>', Subject: '[#48] Mail delivery failed: returning message to sender', 'Auto-Submitted': 'no' }, 'Your request was received:', '', ...WORDS)],
  ['a notification payload in a ticket', mail({ From: ANNA, Subject: 'Our webhook' }, 'We get this from Amazon:', '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"bert@example.net","status":"5.1.1","action":"failed"}]},"mail":{}}')],

  // Logs, alerts, administration.
  ['a log summary', mail({ From: 'root@mx.example.org', Subject: 'Postfix log summaries, 12 bounced' }, 'message bounce detail', '  2   said: 550 5.1.1 <bert@example.net>: User unknown (in reply to RCPT TO command)')],
  ['a watched log', mail({ From: 'logwatch@mx.example.org', Subject: 'Logwatch for mx: mail delivery failed 7 times' }, 'bert@example.net: 550 5.1.1 User unknown')],
  ['an alert about the queue', mail({ From: 'Monitoring <alerts@watch.example>', Subject: 'PROBLEM: mail delivery failing on mx1' }, 'Queue: 1200 messages', 'Last error: 450 4.2.2 <bert@example.net>: mailbox full')],
  ['an alert from root', mail({ From: 'root@mx.example.org', Subject: 'Delivery errors' }, 'bert@example.net: 550 5.1.1 User unknown')],
  ['output of a cron job', mail({ From: 'root@mx.example.org (Cron Daemon)', Subject: 'Cron <root@mx> /usr/bin/newsletter', 'X-Cron-Env': '<SHELL=/bin/sh>' }, 'error sending to bert@example.net: 550 5.1.1 User unknown')],
  ['a quota warning', mail({ From: 'postmaster@example.org', Subject: 'Your mailbox is almost full' }, 'Your mailbox news@sender.example.org is 95 % full. At 100 % messages will be returned to sender.')],
  ['a quarantine list', mail({ From: 'postmaster@example.org', Subject: 'Spam quarantine: 3 messages were blocked' }, 'From: bert@example.net  Subject: Cheap watches', 'From: carl@example.net  Subject: Invoice')],
  ['a letter from the postmaster', mail({ From: 'Postmaster <postmaster@example.org>', Subject: 'About your mail' }, 'Please note that bert@example.net has moved, and messages to him cannot be delivered any longer.')],

  // Swindlers.
  ['messages held back', mail({ From: 'Mail Delivery System <support@phish.example>', Subject: 'Undelivered Mail Returned to Sender' }, 'Dear news@sender.example.org,', '', '5 incoming messages could not be delivered. Release them: https://phish.example/r')],
  ['a mailbox said to be full', mail({ From: 'MAILER-DAEMON <admin@phish.example>', Subject: 'Mail delivery failed: mailbox full' }, 'Your mailbox news@sender.example.org is over quota. Verify here: https://phish.example/q')],
  ['a password about to expire', mail({ From: 'Mail Administrator <no-reply@phish.example>', Subject: 'Delivery failure: password expired' }, 'Messages to news@sender.example.org have been rejected since your password expired.', 'https://phish.example/p')],
  ['a table of messages', mail({ From: 'Mail System <mail-admin@phish.example>', Subject: 'You have (3) undeliverable messages', 'Content-Type': 'text/html' }, '<p>Pending:</p><table><tr><td>To: news@sender.example.org</td><td>From: boss@corp.example</td><td>Subject: Payment</td></tr></table><a href="https://phish.example">Deliver now</a>')],
  ['an attachment said to be the message', mail({ From: 'postmaster@sender.example.org', Subject: 'Returned mail: see attachment', ...MIXED }, ...mixed(['', 'The message was not delivered. See the attached file.'], ['Content-Type: application/octet-stream; name=message.scr', 'Content-Disposition: attachment; filename=message.scr', '', 'MZ']))],

  // Goods, offers, bills.
  ['a parcel', mail({ From: 'notice@parcel.example', Subject: 'Delivery failed: we could not deliver your parcel' }, 'The recipient address was correct. The parcel is returned to sender tomorrow.')],
  ['a parcel, from a machine', mail({ From: 'no-reply@parcel.example', Subject: 'Delivery problem with parcel 0034', 'Auto-Submitted': 'no' }, 'To: Anna Keller, anna@example.com', 'Unable to deliver: address unknown.')],
  ['a parcel in German', mail({ From: 'noreply@paket.example', Subject: 'Zustellung fehlgeschlagen' }, 'Ihr Paket konnte nicht zugestellt werden: Empfänger unbekannt.', 'Fragen an hilfe@paket.example')],
  ['a newsletter about delivery', mail({ From: 'news@shop.example', Subject: 'Delivery problems? Not with us', 'List-Unsubscribe': '<https://shop.example/u>' }, 'Your mailbox is full of offers, and messages returned to sender.')],
  ['a newsletter of a mail service', mail({ From: 'bounce@news.example', Subject: 'Reduce your bounce rate', 'List-Unsubscribe': '<https://news.example/u>' }, 'What does 550 5.1.1 user unknown mean? Write to help@news.example')],
  ['an invoice returned', mail({ From: 'billing@shop.example', Subject: 'Payment returned: message from your bank' }, 'The direct debit was rejected: account closed. Contact bank@example.com')],
  ['a failed deployment', mail({ From: 'builds@ci.example', Subject: 'Delivery pipeline failed: mail-service' }, 'Error: 550 tests, 1 failed', 'committer bert@example.net')],
  ['a lost account', mail({ From: 'no-reply@service.example', Subject: 'Your account is suspended' }, 'The account bert@example.net is disabled, mail to it is rejected.')],

  // Receipts and calendars.
  ['a read receipt', mail({ From: ANNA, Subject: 'Read: Offer', 'Content-Type': 'multipart/report; report-type=disposition-notification; boundary=m' }, ...mixed(['', 'Your message was read.'], ['Content-Type: message/disposition-notification', '', 'Final-Recipient: rfc822; anna@example.com', 'Disposition: manual-action/MDN-sent-manually; displayed']))],
  ['a receipt without reading, null path', mail({ 'Return-Path': '<>', From: ANNA, Subject: 'Not read: Offer', 'Content-Type': 'multipart/report; report-type=disposition-notification; boundary=m' }, ...mixed(['', 'Your message to anna@example.com was deleted without being read.'], ['Content-Type: message/disposition-notification', '', 'Final-Recipient: rfc822; anna@example.com', 'Disposition: automatic-action/MDN-sent-automatically; deleted'], ['Content-Type: text/rfc822-headers', '', 'Message-ID: <m1@example.com>', 'Subject: Offer']))],
  ['a calendar answer', mail({ From: ANNA, Subject: 'Declined: Review of bounces', 'Content-Type': 'multipart/alternative; boundary=m' }, ...mixed(['', 'Declined: Review of undelivered mail'], ['Content-Type: text/calendar; method=REPLY', '', 'BEGIN:VCALENDAR', 'METHOD:REPLY', 'END:VCALENDAR']))],
  ['a letter in Japanese', mail({ From: '田中 <tanaka@kaisha.example>', Subject: '配信エラーについて', 'Content-Type': 'text/plain; charset=utf-8' }, '先日のメールが「User unknown」のエラーで戻ってきましたので、bert@example.net を教えてください。')],
  ['a letter in Russian', mail({ From: 'ivan@example.ru', Subject: 'Письмо не доставлено', 'Content-Type': 'text/plain; charset=utf-8' }, 'Моё письмо на bert@example.net вернулось: 550 5.1.1 user unknown')],
];

describe('no report of delivery', () => {
  test.each(NONE)('%s', (_, raw) => expect(parseReport(raw)).toMatchObject({ kind: 'none', recipients: [] }));
  test.each(NONE)('%s, with CRLF', (_, raw) => expect(parseReport(Buffer.from(raw.toString().replaceAll('\n', '\r\n'))).recipients).toEqual([]));
});

describe('automatic replies are no bounces', () => {
  test.each<[string, string]>([
    ['Automatic reply: Offer', 'I am out. In urgent cases write to bert@example.net. Your message is not forwarded.'],
    ['Automatische Antwort: Angebot', 'Ich bin nicht im Haus. Ihre Nachricht wird nicht weitergeleitet, bert@example.net hilft.'],
    ['Réponse automatique : Offre', 'Je suis absent. Votre message ne sera pas transmis ; contactez bert@example.net.'],
    ['Respuesta automática: Oferta', 'Estoy fuera. Su mensaje no será entregado a bert@example.net.'],
    ['Risposta automatica: Offerta', 'Sono assente. Scrivere a bert@example.net'],
    ['Resposta automática: Oferta', 'Estou ausente. Fale com bert@example.net'],
    ['Automatisch antwoord: Aanbod', 'Ik ben afwezig, mail bert@example.net'],
    ['Autosvar: Tilbud', 'Jeg er på ferie. Skriv til bert@example.net'],
    ['Odpowiedź automatyczna: Oferta', 'Jestem nieobecny, proszę pisać na bert@example.net'],
    ['Автоответ: Предложение', 'Меня нет на месте, пишите bert@example.net'],
    ['自動応答: お知らせ', '不在です。bert@example.net へどうぞ'],
    ['自动回复: 报价', '我不在办公室,请联系 bert@example.net'],
    ['Out of office: my mailbox is full and mail is returned to sender', 'bert@example.net: 550 5.1.1 user unknown, he left as well'],
  ])('%s', (subject, text) => {
    for (const path of ['<>', '<anna@example.com>']) {
      const raw = mail({ 'Return-Path': path, From: ANNA, Subject: subject, 'Content-Type': 'text/plain; charset=utf-8' }, text);
      expect(parseReport(raw)).toMatchObject({ kind: 'autoreply', recipients: [{ recipient: 'anna@example.com', permanent: false }] });
    }
  });

  test('by the vacation program of root', () => {
    const raw = mail({ 'Return-Path': '<>', From: 'root@unix.example', Subject: 'Re: Prices', 'Auto-Submitted': 'auto-replied (vacation)' }, 'I am on vacation. Your mail will be read when I return.');
    expect(parseReport(raw)).toMatchObject({ kind: 'autoreply', recipients: [{ recipient: 'root@unix.example', permanent: false }] });
  });
});

describe('just enough of a report', () => {
  test.each<[string, Buffer]>([
    ['in words, from a daemon, with the reply', mail({ From: 'MAILER-DAEMON@mx.example.net', Subject: 'failure notice' }, 'Sorry.', '', '<bert@example.net>:', '550 5.1.1 User unknown')],
    ['null path, an odd sender, the message returned', mail({ 'Return-Path': '<>', From: 'no-reply@mobile.example', Subject: 'Mail', ...MIXED }, ...mixed(['', 'Could not be delivered to: <bert@example.net>', 'User unknown'], ['Content-Type: message/rfc822', '', 'Received: from a by b', 'To: bert@example.net', '']))],
    ['status fields in the text, from a daemon', mail({ From: 'postmaster@example.net', Subject: 'Undeliverable mail' }, ...STATUS)],
    ['passed on whole', mail({ From: ANNA, Subject: 'Fwd: Returned mail: see transcript for details' }, 'Begin forwarded message:', '', ...[...WORDS, '', ...STATUS].map((line) => `> ${line}`))],
    ['the standard form', Buffer.from(DSN.join('\n'))],
  ])('%s', (_, raw) => expect(parseReport(raw)).toMatchObject({ kind: 'dsn', recipients: [{ recipient: 'bert@example.net', reason: 'userunknown', permanent: true }] }));
});
