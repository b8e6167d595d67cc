import { describe, expect, test } from 'vitest';
import { senderWarnings, type SenderFacts } from './sender-warnings.ts';

const passed = { spf: null, dkim: [], dmarc: null, verdict: 'verified' as const };
const facts = (over: Partial<SenderFacts>): SenderFacts => ({
  from: { name: 'Bob', address: 'bob@example.com' },
  replyTo: [],
  authentication: passed,
  ownDomains: ['eider.test'],
  imitates: null,
  ...over,
});

describe('senderWarnings', () => {
  test.each<[string, Partial<SenderFacts>, string[]]>([
    ['ordinary mail', {}, []],
    ['failed checks', { authentication: { ...passed, verdict: 'failed' } }, ['authentication_failed']],
    ['our own domain, unproved', { from: { name: '', address: 'ceo@eider.test' }, authentication: { ...passed, verdict: 'unknown' } }, ['own_domain_unverified']],
    ['an address as name', { from: { name: 'security@bank.test', address: 'x@evil.test' } }, ['display_name_is_address']],
    ['the same domain as name', { from: { name: 'bob@example.com', address: 'robert@example.com' } }, []],
    ['answers go elsewhere, unproved', { replyTo: [{ name: '', address: 'x@evil.test' }], authentication: { ...passed, verdict: 'unknown' } }, ['reply_to_differs']],
    ['answers go to a sister host', { replyTo: [{ name: '', address: 'x@help.example.com' }], authentication: null }, []],
    ['a domain that looks like one that is known', { imitates: 'example.com' }, ['lookalike_domain']],
    ['no sender at all', { from: null }, []],
  ])('%s', (_name, over, warnings) => expect(senderWarnings(facts(over))).toEqual(warnings));
});
