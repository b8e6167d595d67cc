import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signMessage } from '../../mail/dkim/sign-message.ts';
import { readIntakeAddress, TOKEN_FIELD } from '../../mail/feedback-address.ts';
import { openToken } from '../../mail/feedback-token.ts';
import { newQueueId } from '../queue-id.ts';
import { returnPaths } from './return-path.ts';

const keys = [{ id: 1, secret: Buffer.alloc(32, 1) }];
const paths = returnPaths({
  keys: { signing: () => keys[0]!, accepted: () => keys },
  tenantOf: (domain) => Promise.resolve({ 'own.example': 'us', 'other.example': 'them' }[domain] ?? null),
  hostname: 'mail.eider.test',
});
const message = { queueId: newQueueId(Date.now()), tenantId: 'us', source: 'api' as const, reversePath: 'news@own.example', headerFrom: 'news@own.example' };

describe('the envelope sender', () => {
  test.each<[string, object, number[], string, number | null]>([
    ['of one recipient names it', {}, [7], 'own.example', 7],
    ['of several names the message', {}, [1, 2], 'own.example', null],
    ['stands in the author\'s domain', { reversePath: 'x@elsewhere.example' }, [0], 'own.example', 0],
    ['else in the envelope\'s', { headerFrom: 'x@elsewhere.example' }, [0], 'own.example', 0],
    ['never in another tenant\'s', { headerFrom: 'x@other.example', reversePath: 'x@other.example' }, [0], 'mail.eider.test', 0],
    ['else in the installation\'s', { headerFrom: 'x@a.example', reversePath: 'x@b.example' }, [0], 'mail.eider.test', 0],
  ])('%s', async (_name, changes, recipients, domain, recipientNo) => {
    const address = await paths.reversePathOf({ ...message, ...changes }, recipients.map((number) => ({ recipientNo: number })));
    expect(address.split('@')[1]).toBe(domain);
    expect(openToken(keys, 'return-path', readIntakeAddress(address)!.token!, Date.now())).toEqual({ kind: 'valid', subject: { queueId: message.queueId, recipientNo } });
  });

  test('stays null where it was', async () => expect(await paths.reversePathOf({ ...message, reversePath: '' }, [{ recipientNo: 0 }])).toBe(''));
});

describe('the token field', () => {
  test('names the message; reports of ours have none', () => {
    const [, value] = /^Eider-Token: ([a-z2-7]+)\r\n$/.exec(paths.tokenField(message))!;
    expect(openToken(keys, 'header', value!, Date.now())).toEqual({ kind: 'valid', subject: { queueId: message.queueId, recipientNo: null } });
    expect(paths.tokenField({ ...message, source: 'dsn' })).toBe('');
  });

  test('is signed with the message', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const signer = { domain: 'own.example', selector: 's', algorithm: 'ed25519-sha256' as const, privateKey };
    const content = Buffer.from('From: news@own.example\r\n\r\nx\r\n');
    const at = new Date();
    const field = paths.tokenField(message);
    const signature = await signMessage(content, [signer], at, field);
    expect(signature).toContain(TOKEN_FIELD.toLowerCase());
    expect(signature).toBe(await signMessage(Buffer.concat([Buffer.from(field), content]), [signer], at));
  });
});
