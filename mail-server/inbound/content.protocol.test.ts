// Whole messages of all kinds through the MX and back over IMAP: what real and broken mail looks like, and the
// largest that is allowed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOffset, crlfLineEnds } from '../../server/mail/header.ts';
import { startMailStack, type MailStack } from '../testing/mail-stack.ts';
import { readMailbox } from '../testing/read-mailbox.ts';
import { sendMessage } from '../testing/send-message.ts';

const CORPUS = fileURLToPath(new URL('../../../shared/corpora/mime', import.meta.url));

let stack: MailStack;
beforeAll(async () => {
  stack = await startMailStack();
});
afterAll(() => stack?.stop());

const send = (to: string, message: Buffer) => sendMessage({ port: stack.ports.mx, from: 'someone@example.net', to: [to], message });

describe.skipIf(!existsSync(CORPUS))('the corpus of odd MIME', () => {
  test('every message is kept with all its lines and can be read', { timeout: 300_000 }, async () => {
    const account = await stack.account('corpus');
    const samples = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(eml|msg)$/.test(name)).sort();
    expect(samples.length).toBeGreaterThan(50);
    const sent: { name: string; message: Buffer }[] = [];
    for (const name of samples) {
      const message = crlfLineEnds(readFileSync(join(CORPUS, name)));
      const reply = await send(account.address, message);
      if (message.includes(0)) expect(reply, name).toMatchObject({ code: 550 });
      else {
        expect(reply, name).toMatchObject({ code: 250 });
        sent.push({ name, message });
      }
    }
    const kept = (await readMailbox(stack, account)).concat(await readMailbox(stack, account, 'Junk')).map((message) => message.source);
    const missing = sent.filter(({ message }) => !kept.some((source) => includesMessage(source, message)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

/**
 * Whether every line of the body is there. Not byte for byte: WildDuck keeps messages as trees of parts and, where
 * the boundaries of a message are broken, mends them and moves preamble and epilogue when it writes it out again.
 */
function includesMessage(source: Buffer, message: Buffer): boolean {
  const kept = new Set(source.toString('latin1').split('\r\n'));
  const body = message.toString('latin1', bodyOffset(message)).split('\r\n');
  return body.every((line) => line.trim() === '' || kept.has(line));
}

describe('size', () => {
  const header = (id: string) =>
    `From: someone@example.net\r\nMessage-ID: <${id}@example.net>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n`
    + 'Content-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  const LINE = `${'QUJD'.repeat(19)}\r\n`;
  const ofSize = (id: string, bytes: number) => {
    const head = header(id);
    const lines = Math.floor((bytes - head.length) / LINE.length);
    return Buffer.concat([Buffer.from(head), Buffer.alloc(lines * LINE.length, LINE)]);
  };

  test('50 MB are taken and come back whole', { timeout: 240_000 }, async () => {
    const account = await stack.account('large');
    const message = ofSize('large', 50 * 1024 * 1024 - 1_000);
    expect(await send(account.address, message)).toMatchObject({ code: 250 });
    const [kept] = await readMailbox(stack, account);
    expect(kept!.source.length).toBeGreaterThan(message.length);
    expect(kept!.source.subarray(-10_000)).toEqual(message.subarray(-10_000));
  });

  test('more is refused at its end, and the server goes on', { timeout: 120_000 }, async () => {
    const account = await stack.account('larger');
    expect(await send(account.address, ofSize('larger', 50 * 1024 * 1024 + 10_000))).toEqual({ code: 552, text: '5.3.4 Message larger than 52428800 bytes' });
    expect(await send(account.address, ofSize('small', 2_000))).toMatchObject({ code: 250 });
    expect(await readMailbox(stack, account)).toHaveLength(1);
  });
});
