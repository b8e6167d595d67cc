import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { classifyReply } from './classify-reply.ts';
import { REPLY_RULES } from './reply-rules.ts';
import { parseReplyText } from './smtp-reply.ts';

const classify = (text: string) => classifyReply(parseReplyText(text)!);

describe('classifyReply', () => {
  test.each<[reply: string, disposition: 'deferred' | 'bounced', category: string, addressDead: boolean]>([
    ['550 5.1.1 <x@y>: Recipient address rejected: User unknown in virtual mailbox table', 'bounced', 'userunknown', true],
    ['550 no such user here', 'bounced', 'userunknown', true],
    ['450 4.1.1 <x@y>: user unknown', 'deferred', 'userunknown', false],
    ['550 5.1.2 host unknown', 'bounced', 'hostunknown', true],
    ['551 5.1.6 has moved to z@y', 'bounced', 'hasmoved', true],
    ['556 5.1.10 recipient address has null MX', 'bounced', 'notaccept', true],
    ['552 5.2.2 over quota', 'bounced', 'mailboxfull', false],
    ['452 4.2.2 mailbox full', 'deferred', 'mailboxfull', false],
    ['550 5.2.1 account disabled', 'bounced', 'suspend', false],
    ['451 4.7.1 greylisted, please wait', 'deferred', 'greylisted', false],
    ['550 Greylisting in effect', 'deferred', 'greylisted', false],
    ['421 4.7.0 too many connections', 'deferred', 'toomanyconn', false],
    ['550 too many connections from you', 'deferred', 'toomanyconn', false],
    ['421 4.7.28 unusual rate of mail', 'deferred', 'ratelimited', false],
    ['550 5.7.1 listed at zen.spamhaus.org', 'bounced', 'blocked', false],
    ['550 5.7.26 unauthenticated mail: SPF and DKIM did not pass', 'bounced', 'authfailure', false],
    ['552 5.3.4 message size exceeds fixed limit', 'bounced', 'mesgtoobig', false],
    ['554 5.7.1 message contains a virus', 'bounced', 'virusdetected', false],
    ['550 5.7.1 relaying denied', 'bounced', 'norelaying', false],
    ['554 5.4.6 hop count exceeded', 'bounced', 'networkerror', false],
    ['421 4.3.0 closing', 'deferred', 'systemerror', false],
    ['499 what', 'deferred', 'undefined', false],
    ['599 what', 'bounced', 'undefined', false],
    ['250 unexpected here', 'deferred', 'undefined', false],
  ])('%s', (reply, disposition, category, addressDead) =>
    expect(classify(reply)).toMatchObject({ disposition, category, addressDead }));

  test('refusals of policy and reputation never call the address dead', () => {
    for (const category of ['blocked', 'badreputation', 'policyviolation', 'spamdetected', 'authfailure', 'ratelimited'] as const) {
      const rules = REPLY_RULES.filter((rule) => rule.category === category);
      expect(rules.length).toBeGreaterThan(0);
    }
    expect(classify('550 5.1.1 user unknown, blocked using zen.spamhaus.org')).toMatchObject({ category: 'blocked', addressDead: false });
  });

  test('no rule hangs on a long text', () => {
    for (const filler of ['mailbox ', 'client host ', 'a', ' ', 'exceeds ']) {
      const text = filler.repeat(8_000);
      expect(classifyReply({ code: 550, enhancedCode: null, text }).disposition).toBe('bounced');
    }
  });
});

const corpus = fileURLToPath(new URL('../../../shared/corpora/smtp-replies/smtp-replies.json', import.meta.url));
describe.skipIf(!existsSync(corpus))('replies of real servers', () => {
  const entries = existsSync(corpus) ? (JSON.parse(readFileSync(corpus, 'utf8')) as { reply: string; expected: 'bounce' | 'defer' | 'block'; source: string }[]) : [];
  test.each(entries)('$expected: $reply', ({ reply, expected, source }) => {
    const meaning = classify(reply);
    if (expected === 'defer') expect(meaning.disposition).toBe('deferred');
    if (expected === 'bounce') expect(meaning.disposition).toBe('bounced');
    // This source tells the recipient's fault from the sender's; the other knows only "permanent".
    if (source.includes('zone-mta') && expected !== 'defer') expect(meaning.senderFault).toBe(expected === 'block');
    if (expected === 'block') expect(meaning.addressDead).toBe(false);
  });
});
