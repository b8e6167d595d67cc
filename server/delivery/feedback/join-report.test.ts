import { describe, expect, test } from 'vitest';
import type { HeaderField } from '../../mail/header.ts';
import { bounceAddress, TOKEN_FIELD } from '../../mail/feedback-address.ts';
import { makeToken, type TokenSubject, type TokenUse } from '../../mail/feedback-token.ts';
import type { ParsedReport, ReportRecipient } from '../../mail/reports/report-types.ts';
import { newQueueId } from '../queue-id.ts';
import { effectsOf, findProof, type SentMessage } from './join-report.ts';

const key = { id: 1, secret: Buffer.alloc(32, 1) };
const now = new Date('2026-11-25T12:00:00Z');
const queueId = newQueueId(now.getTime() - 3_600_000);
const otherId = newQueueId(now.getTime() - 3_600_000);
const token = (subject: TokenSubject, use: TokenUse = 'return-path', by = key) => makeToken(by, use, subject);
const path = (subject: TokenSubject, by = key) => bounceAddress(token(subject, 'return-path', by), 'eider.test');
const field = (name: string, value: string): HeaderField => ({ name, value, raw: `${name}: ${value}\r\n` });

const said = (recipient: string, changes: Partial<ReportRecipient> = {}): ReportRecipient => ({
  recipient, originalRecipient: null, action: 'failed', status: '5.1.1', replyCode: '550', reason: 'userunknown', permanent: true, diagnostic: '550 no', remoteMta: null, ...changes,
});
const dsn = (recipients: ReportRecipient[], headers: HeaderField[] = []): ParsedReport => ({
  kind: 'dsn', recipients, dsn: { reportingMta: 'mx', originalEnvelopeId: null, arrivalDate: null, original: { messageId: null, headers } },
});
const arf = (feedbackType: string, headers: HeaderField[], changes: { originalMailFrom?: string } = {}): ParsedReport => ({
  kind: 'arf', recipients: [said('', { action: 'complained', feedbackType })],
  arf: {
    feedbackType, userAgent: null, version: null, arrivalDate: null, incidents: 1, originalEnvelopeId: null, originalMailFrom: null, originalRecipients: [], reportedDomains: [],
    reportedUris: [], reportingMta: null, sourceIp: null, sourcePort: null, authenticationResults: [], authFailure: null, original: { messageId: null, headers }, ...changes,
  },
});
const autoreply: ParsedReport = { kind: 'autoreply', recipients: [said('bob@example.com', { action: 'replied' })], autoreply: { original: { messageId: null, headers: [] }, inReplyTo: null } };

describe('proof', () => {
  const recipientOne = { queueId, recipientNo: 1 };
  const whole = { queueId, recipientNo: null };
  const inHeader = [field(TOKEN_FIELD, token(whole, 'header'))];
  test.each<[string, ParsedReport, string, object]>([
    ['the return path', dsn([said('x')]), path(recipientOne), { kind: 'proven', subject: recipientOne }],
    ['the return path before the header', dsn([said('x')], inHeader), path(recipientOne), { kind: 'proven', subject: recipientOne }],
    ['the returned header', dsn([said('x')], inHeader), 'fbl@eider.test', { kind: 'proven', subject: whole }],
    ['a complaint with the header', arf('abuse', inHeader), 'fbl@eider.test', { kind: 'proven', subject: whole }],
    ['a complaint that names the return path', arf('abuse', [], { originalMailFrom: `<${path(recipientOne)}>` }), 'abuse@eider.test', { kind: 'proven', subject: recipientOne }],
    ['a complaint with Return-Path', arf('abuse', [field('Return-Path', `<${path(recipientOne)}>`)]), 'fbl@eider.test', { kind: 'proven', subject: recipientOne }],
    ['nothing', arf('abuse', [field('Message-ID', '<1@eider.test>')]), 'fbl@eider.test', { kind: 'none', why: 'nothing in it proves which message it is about' }],
    ["another's key", dsn([said('x')]), path(recipientOne, { id: 1, secret: Buffer.alloc(32, 9) }), { kind: 'none', why: 'its token is forged' }],
    ['a header token where a return path should be', arf('abuse', [field('Return-Path', bounceAddress(token(whole, 'header'), 'eider.test'))]), 'fbl@eider.test', { kind: 'none', why: 'its token is forged' }],
    ['an expired header', arf('abuse', [field(TOKEN_FIELD, token({ queueId: newQueueId(now.getTime() - 31 * 86_400_000), recipientNo: null }, 'header'))]), 'fbl@eider.test', { kind: 'none', why: 'its token has expired' }],
    ["a return path around another's message", dsn([said('x')], [field(TOKEN_FIELD, token({ queueId: otherId, recipientNo: null }, 'header'))]), path(recipientOne), { kind: 'none', why: 'it came about one message and returns another' }],
  ])('%s', (_name, report, recipient, expected) => expect(findProof(report, recipient, [key], now)).toEqual(expected));
});

describe('effects', () => {
  const one: SentMessage = { queueId, recipientCount: 1, recipients: [{ recipientNo: 0, address: 'Bob@example.com' }] };
  const two: SentMessage = { queueId, recipientCount: 2, recipients: [{ recipientNo: 0, address: 'bob@example.com' }, { recipientNo: 1, address: 'eve@example.com' }] };
  const to = (recipientNo: number | null): TokenSubject => ({ queueId, recipientNo });
  type Expected = [recipientNo: number, name: string, proven: boolean][];
  test.each<[string, ParsedReport, TokenSubject, SentMessage, Expected, string[]]>([
    ['dead', dsn([said('bob@example.com')]), to(0), one, [[0, 'bouncedDead', true]], []],
    ['policy', dsn([said('bob@example.com', { permanent: false })]), to(0), one, [[0, 'bounced', true]], []],
    ['delayed', dsn([said('bob@example.com', { action: 'delayed', permanent: false })]), to(0), one, [[0, 'delayed', true]], []],
    ['relayed', dsn([said('bob@example.com', { action: 'relayed', permanent: false })]), to(0), one, [[0, 'confirmed', true]], []],
    ['forwarded: another address is named', dsn([said('robert@elsewhere.example')]), to(0), one, [[0, 'bouncedDead', true]], []],
    ['the recipient of the token, whoever else is named', dsn([said('bob@example.com', { permanent: false }), said('eve@example.com')]), to(0), two, [[0, 'bounced', true]], []],
    ['the whole message of one recipient', arf('abuse', []), to(null), one, [[0, 'complained', true]], []],
    ['shared: those that it names', dsn([said('EVE@example.com'), said('stranger@example.com')]), to(null), two, [[1, 'bouncedDead', false]], ['stranger@example.com']],
    ['shared: by ORCPT', dsn([said('x@y.example', { originalRecipient: 'eve@example.com' })]), to(null), two, [[1, 'bouncedDead', false]], []],
    ['shared: named twice', dsn([said('eve@example.com'), said('eve@example.com')]), to(null), two, [[1, 'bouncedDead', false]], []],
    ['shared and redacted', arf('abuse', []), to(null), two, [], ['']],
    ['automatic reply', autoreply, to(0), one, [[0, 'autoreplied', true]], []],
    ['opted out', arf('opt-out', []), to(0), one, [[0, 'optedOut', true]], []],
    ['virus', arf('virus', []), to(0), one, [[0, 'infected', true]], []],
    ['not spam', arf('not-spam', []), to(0), one, [[0, 'notSpam', true]], []],
    ['a type of tomorrow', arf('x-new', []), to(0), one, [[0, 'complained', true]], []],
    ['no report at all', { kind: 'none', recipients: [], refused: null }, to(0), one, [], []],
    ['a recipient number that the message never had', dsn([said('bob@example.com')]), to(7), two, [[0, 'bouncedDead', false]], []],
  ])('%s', (_name, report, subject, message, expected, foreign) => {
    const result = effectsOf(report, subject, message);
    expect(result.effects.map(({ recipientNo, name, proven }) => [recipientNo, name, proven])).toEqual(expected);
    expect(result.foreign).toEqual(foreign);
  });
});
