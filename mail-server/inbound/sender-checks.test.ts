import { expect, test } from 'vitest';
import type { AuthResolver } from './auth-resolver.ts';
import { checkSender } from './sender-checks.ts';

/** A bank with a strict policy, a sender with a fitting SPF record; nothing else exists. */
const resolver: AuthResolver = async (name, type) => {
  const records: Record<string, string[][]> = {
    'TXT _dmarc.bank.example': [['v=DMARC1; p=reject']],
    'TXT bank.example': [['v=spf1 ip4:192.0.2.9 -all']],
    'TXT other.example': [['v=spf1 ip4:192.0.2.1 -all']],
  };
  const found = records[`${type} ${name}`];
  if (!found) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
  return found;
};

const check = (header: string, clientAddress: string, reversePath: string) =>
  checkSender(
    Buffer.from(`${header}\r\nSubject: x\r\n\r\nbody\r\n`),
    { reversePath, clientAddress, clientName: '[x]', helo: 'client.example', protocol: 'ESMTP' },
    'mail.eider.test', resolver, (error) => { throw error; },
  );

test.each([
  ['the bank itself', 'From: a@bank.example', '192.0.2.9', 'a@bank.example', 'pass reject'],
  ['somebody else as the bank', 'From: a@bank.example', '192.0.2.1', 'b@other.example', 'fail reject'],
  ['with a dot', 'From: a@bank.example.', '192.0.2.1', 'b@other.example', 'fail reject'],
  ['from below the bank', 'From: a@mail.bank.example', '192.0.2.1', 'b@other.example', 'fail reject'],
  ['two authors', 'From: b@other.example, a@bank.example', '192.0.2.1', 'b@other.example', 'fail quarantine'],
  ['two From fields', 'From: b@other.example\r\nFrom: a@bank.example', '192.0.2.1', 'b@other.example', 'fail quarantine'],
  ['a group', 'From: Bank: a@bank.example;', '192.0.2.1', 'b@other.example', 'fail quarantine'],
  ['nobody', 'To: x@y.example', '192.0.2.1', 'b@other.example', 'none none'],
  ['an undisclosed author', 'From: Nobody:;', '192.0.2.1', 'b@other.example', 'none none'],
  ['without a policy', 'From: b@other.example', '192.0.2.1', 'b@other.example', 'none none'],
])('%s', async (_, header, client, reversePath, expected) => {
  const { dmarc } = await check(header, client, reversePath);
  expect(`${dmarc.result} ${dmarc.policy}`).toBe(expected);
});

test('an ARC chain of the attacker vouches for nothing', async () => {
  const chain = 'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=other.example; s=s; b=AA==\r\nARC-Message-Signature: i=1; a=rsa-sha256; d=other.example; s=s; h=from; bh=AA==; b=AA==\r\n'
    + 'ARC-Authentication-Results: i=1; other.example; dmarc=pass header.from=bank.example\r\n';
  expect((await check(`${chain}From: a@bank.example`, '192.0.2.1', 'b@other.example')).dmarc).toEqual({ result: 'fail', policy: 'reject' });
});

test('strange greetings and senders do not switch the checks off', async () => {
  for (const helo of ['', '[', '.', 'x'.repeat(300), 'a b', '[IPv6:::1]', 'bücher.example']) {
    for (const reversePath of ['', 'a@[192.0.2.1]', '"a b"@x.example', 'a@x..example', 'ü@bücher.example']) {
      const envelope = { reversePath, clientAddress: '192.0.2.1', clientName: '[x]', helo, protocol: 'ESMTP' };
      const { dmarc, headers } = await checkSender(Buffer.from('From: a@bank.example\r\n\r\nx'), envelope, 'mail.eider.test', resolver, (error) => { throw error; });
      expect(dmarc).toEqual({ result: 'fail', policy: 'reject' });
      expect(headers).toMatch(/^Authentication-Results: mail\.eider\.test;/m);
      expect(headers).not.toMatch(/\r\n[^ \tAR]/);
    }
  }
});
