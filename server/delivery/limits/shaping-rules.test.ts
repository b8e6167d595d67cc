import { describe, expect, test } from 'vitest';
import type { SmtpReply } from '../../mail/smtp-reply.ts';
import { PROVIDER_RULES } from './provider-rules.ts';
import { paceAction } from './reply-action.ts';
import { combineRules, matchSite, parseRulesFile } from './shaping-rules.ts';

const builtIn = parseRulesFile(JSON.stringify(PROVIDER_RULES));
const rules = (own: object = {}) => combineRules(parseRulesFile(JSON.stringify(own)), builtIn);
const mx = (...hosts: string[]) => ({ site: `mx ${hosts.join(' ')}`, hosts });

describe('a malformed file names field and rule', () => {
  test.each([
    ['{', 'not JSON'],
    ['[]', 'the file: '],
    ['{"sites":[{"name":"a","rate":"fast"}]}', 'sites[0].rate: a rate such as "600/min" expected (per s, min, h or day), found "fast"'],
    ['{"sites":[{"name":"a","connections":0}]}', 'sites[0].connections: '],
    ['{"sites":[{"name":"A B"}]}', 'sites[0].name: a name of lower-case letters'],
    ['{"sites":[{"name":"a","conections":3}]}', 'sites[0]: Unrecognized key: "conections"'],
    ['{"replies":[{"action":"slower"}]}', 'replies[0]: at least one of code, enhancedCode and text expected'],
    ['{"replies":[{"text":"(","action":"slower"}]}', 'replies[0].text: a regular expression expected'],
    ['{"replies":[{"text":"x","action":"suspend"}]}', 'replies[0]: the actions suspend and other-address need "for"'],
    ['{"replies":[{"text":"x","action":"shout"}]}', 'replies[0].action: one of slower, fewer-connections, suspend, other-address expected'],
    ['{"replies":[{"text":"x","action":"suspend","for":"1 week"}]}', 'replies[0].for: a time such as "30min" expected'],
    ['{"tenants":{"t":{"rate":"x"}}}', 'tenants.t.rate: a rate such as'],
    ['{"default":{"rate":"1/min"},"speed":1}', 'the file: Unrecognized key: "speed"'],
  ])('%s', (text, message) => expect(() => parseRulesFile(text)).toThrow(message));
});

describe('which rule holds', () => {
  test.each([
    [mx('aspmx.l.google.com', 'alt1.aspmx.l.google.com'), 'google', 'site google', 10],
    [mx('hotmail-com.olc.protection.outlook.com'), 'outlook', 'site outlook', 10],
    [mx('example-com.mail.protection.outlook.com'), 'microsoft365', 'site microsoft365', 20],
    [mx('mta5.am0.yahoodns.net'), 'yahoo', 'site yahoo', 5],
    [mx('mx.example.com'), 'default', 'mx mx.example.com', 10],
    [mx('google.com.example'), 'default', 'mx google.com.example', 10],
    [{ site: 'route relay.example:25', hosts: ['relay.example'] }, 'default', 'route relay.example:25', null],
  ])('%j', (route, name, key, connections) => {
    const match = matchSite(rules(), route, 'example.com');
    expect([match.name, match.key, match.limits.connections]).toEqual([name, key, connections]);
  });

  test("a file's site goes first, and one of a built-in name changes only what it says", () => {
    const own = rules({
      default: { rate: null },
      sites: [{ name: 'mine', domains: ['partner.example'], mx: ['mx.partner.example'], rate: '5/s', together: false }, { name: 'google', connections: 3 }],
    });
    expect(matchSite(own, mx('alt1.aspmx.l.google.com'), 'x.example')).toMatchObject({
      name: 'google', limits: { connections: 3, rate: { count: 1_200, windowMs: 60_000 }, messagesPerConnection: 50 },
    });
    expect(matchSite(own, mx('alt1.aspmx.l.google.com'), 'partner.example')).toMatchObject({ name: 'mine', limits: { rate: { count: 5, windowMs: 1_000 }, connections: 10 } });
    expect(matchSite(own, mx('mx.other.example'), 'other.example').limits.rate).toBeNull();
  });
});

describe('what replies ask for', () => {
  const reply = (text: string): SmtpReply => {
    const enhancedCode = /^\d{3} (\d\.\d+\.\d+)/.exec(text)?.[1];
    return { code: Number(text.slice(0, 3)), text: text.slice(4), ...(enhancedCode ? { enhancedCode } : {}) } as SmtpReply;
  };
  test.each<[string, string, boolean, string | null, number]>([
    ['google', '421 4.7.28 Our system has detected an unusual rate of unsolicited mail', false, 'slower', 0],
    ['yahoo', '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints', true, 'suspend', 7_200_000],
    ['yahoo', '421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred', true, 'other-address', 14_400_000],
    ['outlook', '550 5.7.1 Unfortunately, messages from [192.0.2.1] weren\'t sent. part of their network is on our block list (S3140).', false, 'other-address', 14_400_000],
    ['microsoft365', '451 4.7.651 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.', false, 'slower', 0],
    ['orange', '421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. OFR004_104', true, 'fewer-connections', 0],
    ['tencent', '550 Ip frequency limited', false, 'suspend', 3_600_000],
    ['default', '421 4.7.0 too many connections from you', true, 'fewer-connections', 0],
    ['default', '421 Service not available', true, 'fewer-connections', 0],
    ['default', '421 closing', false, 'slower', 0],
    ['default', '451 4.7.1 Rate limit exceeded, slow down', false, 'slower', 0],
    ['default', '451 4.7.1 Greylisting in action, please come back later', false, null, 0],
    ['default', '550 5.1.1 no such user', false, null, 0],
    ['default', '250 2.0.0 rate limit', false, null, 0],
  ])('%s: %s', (site, text, refusedConnection, action, forMs) => {
    const found = paceAction(rules(), site, reply(text), { refusedConnection });
    expect(found?.action ?? null).toBe(action);
    expect(found?.forMs ?? 0).toBe(forMs);
  });

  test('421 on a kept session is its end, unless its words say more', () => {
    expect(paceAction(rules(), 'default', reply('421 4.4.2 timeout, closing'), { mayBeClosing: true })).toBeNull();
    expect(paceAction(rules(), 'default', reply('421 4.7.0 too many messages, slow down'), { mayBeClosing: true })?.action).toBe('slower');
  });
});
