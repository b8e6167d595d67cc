import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { describe, expect, test } from 'vitest';
import { crlfLineEnds } from '../header.ts';
import { relaxBody, relaxField } from './canonicalize.ts';
import { type DkimSigner, signMessage } from './sign-message.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const signers: DkimSigner[] = [
  { domain: 'eider.test', selector: 'r', algorithm: 'rsa-sha256', privateKey: rsa.privateKey },
  { domain: 'eider.test', selector: 'e', algorithm: 'ed25519-sha256', privateKey: ed25519.privateKey },
];
const spki = (key: typeof rsa.privateKey) => createPublicKey(key).export({ type: 'spki', format: 'der' });
const records: Record<string, string> = {
  'r._domainkey.eider.test': `v=DKIM1; k=rsa; p=${spki(rsa.privateKey).toString('base64')}`,
  'e._domainkey.eider.test': `v=DKIM1; k=ed25519; p=${spki(ed25519.privateKey).subarray(12).toString('base64')}`,
};

/** What an independent verifier says of each signature: `r pass`. */
async function verify(message: Buffer): Promise<string[]> {
  const resolver = (name: string, type: string) => {
    const record = type === 'TXT' ? records[name] : undefined;
    if (record === undefined) throw Object.assign(new Error('no record'), { code: 'ENOTFOUND' });
    return Promise.resolve([[record]]);
  };
  const { results } = await dkimVerify(message, { resolver });
  return results.map((result: { selector?: string; status: { result: string } }) => `${result.selector ?? '-'} ${result.status.result}`).sort();
}

const sign = async (message: Buffer) => Buffer.concat([Buffer.from(await signMessage(message, signers, new Date())), message]);
const plain = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8');
const simple = plain('From: Alice <alice@eider.test>\nTo: bob@example.com\nSubject: hello\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@eider.test>\n\nhi\n');

describe('signMessage', () => {
  test.each<[name: string, message: Buffer]>([
    ['simple', simple],
    ['empty body', plain('From: a@eider.test\nSubject: x\n\n')],
    ['body without CRLF at the end', plain('From: a@eider.test\n\nno end')],
    ['trailing empty lines and white space', plain('From: a@eider.test\n\n a  b\t \n\t\n\n  \n\n')],
    ['folded and repeated fields', plain('From:  a@eider.test\nSubject: one\n  two \t three\nReceived: x\nTo: a@b\nTo: c@d\nList-Unsubscribe: <https://x.test/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nx\n')],
    ['8-bit', plain('From: jürgen@eider.test\nSubject: grüße\n\nüöä\n')],
    ['dots', plain('From: a@eider.test\n\n.\n..\n.x\n')],
    ['big', plain(`From: a@eider.test\n\n${'line of text \n'.repeat(20_000)}`)],
  ])('an independent verifier accepts: %s', async (_name, message) => {
    expect(await verify(await sign(message))).toEqual(['e pass', 'r pass']);
  });

  test.each<[name: string, before: string, after: string]>([
    ['body', '\r\nhi\r\n', '\r\nho\r\n'],
    ['subject', 'Subject: hello', 'Subject: hullo'],
    ['second From', 'From: Alice', 'From: Mallory <m@x.test>\r\nFrom: Alice'],
    ['added Reply-To', 'To: bob', 'Reply-To: m@x.test\r\nTo: bob'],
    ['added Content-Type', 'To: bob', 'Content-Type: text/html\r\nTo: bob'],
    ['second Subject', 'Subject: hello', 'Subject: you won\r\nSubject: hello'],
  ])('a change of the %s breaks every signature', async (_name, before, after) => {
    const signed = (await sign(simple)).toString('latin1');
    expect(signed).toContain(before);
    const changed = signed.replace(before, after);
    expect((await verify(Buffer.from(changed, 'latin1'))).every((result) => !result.endsWith('pass'))).toBe(true);
  });

  test('both unsubscribe fields are covered, and no line is overlong', async () => {
    const message = plain('From: a@eider.test\nList-Unsubscribe: <https://x.test>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nx\n');
    const fields = await signMessage(message, signers, new Date(0));
    expect(fields.replace(/\r\n\s+/g, '')).toMatch(/list-unsubscribe:list-unsubscribe-post/);
    for (const line of fields.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
  });

  test('nobody signs: nothing is added', async () => expect(await signMessage(simple, [], new Date())).toBe(''));
});

describe('canonical forms', () => {
  test.each([
    ['', ''],
    ['\r\n\r\n', ''],
    [' \r\n', ''],
    ['a', 'a\r\n'],
    ['a\r\n\r\n\r\n', 'a\r\n'],
    [' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['a\rb\nc', 'a\rb\nc\r\n'],
    ['a \r', 'a \r\r\n'],
  ])('body %j', (body, relaxed) => expect(relaxBody(Buffer.from(body, 'latin1')).toString('latin1')).toBe(relaxed));

  test.each([
    ['A: X\r\n', 'a:X'],
    ['B : Y\t\r\n\tZ  \r\n', 'b:Y Z'],
    ['Subject:\r\n', 'subject:'],
    ['X:a:b\r\n', 'x:a:b'],
  ])('field %j', (raw, relaxed) => expect(relaxField(raw)).toBe(relaxed));
});

const corpus = fileURLToPath(new URL('../../../../shared/corpora/mime', import.meta.url));
describe.skipIf(!existsSync(corpus))('messages of all kinds', () => {
  const files = existsSync(corpus)
    ? readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:eml|msg)$/.test(file))
    : [];
  test.each(files)('%s', async (file) => {
    const message = crlfLineEnds(readFileSync(`${corpus}/${file}`));
    // Without any header field there is nothing that could be mail.
    if (!/^[!-9;-~]+:/.test(message.toString('latin1', 0, 200))) return;
    expect(await verify(await sign(message))).toEqual(['e pass', 'r pass']);
  });
});
