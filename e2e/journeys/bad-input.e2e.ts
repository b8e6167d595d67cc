import { connect } from 'node:net';
import type { ProductAddress } from '../../test/product/product.ts';
import { deliverFromOutside, imapMessage } from '../clients/mail-clients.ts';
import { expect, openedText, row, test } from '../fixtures.ts';

const CRLF = '\r\n';

/**
 * Speaks SMTP line by line: waits for each reply before it sends the next part, and returns the replies. The
 * server closing early ends the conversation.
 */
function dialogue(product: ProductAddress, parts: readonly (string | Buffer)[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const replies: string[] = [];
    const socket = connect(product.ports.mx, product.host);
    const rest = [...parts];
    let pending = '';
    socket.setTimeout(30_000, () => socket.destroy(new Error(`no reply after ${JSON.stringify(replies)}`)));
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1');
      for (let end = pending.indexOf(CRLF); end >= 0; end = pending.indexOf(CRLF)) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (/^\d{3}-/.test(line)) continue;
        replies.push(line);
        const next = rest.shift();
        if (next === undefined) socket.end();
        else socket.write(next);
      }
    });
    socket.on('close', () => resolve(replies));
    socket.on('error', (error) => (replies.length > 1 ? resolve(replies) : reject(error)));
  });
}

const envelope = (to: string): string[] => [`EHLO strange.example${CRLF}`, `MAIL FROM:<x@strange.example>${CRLF}`, `RCPT TO:<${to}>${CRLF}`, `DATA${CRLF}`];
const last = (replies: readonly string[]): string => replies.at(-1) ?? '';

test.describe('strange SMTP', () => {
  const REFUSED: [name: string, parts: (bob: string) => (string | Buffer)[], reply: RegExp][] = [
    ['an unknown command', () => [`EHLO x.example${CRLF}`, `FLY ME TO THE MOON${CRLF}`], /^50[02] /],
    ['mail before a greeting', () => [`MAIL FROM:<x@strange.example>${CRLF}`], /^503 /],
    ['a recipient that nobody has', () => envelope('nobody@eider.test').slice(0, 3), /^550 5\.1\.1/],
    ['a domain that is not ours', () => envelope('someone@elsewhere.example').slice(0, 3), /^55[04] 5\.\d\.\d/],
    ['a malformed recipient', () => envelope('<<>>@@').slice(0, 3), /^5\d\d /],
    ['a size that is too large', () => [`EHLO x.example${CRLF}`, `MAIL FROM:<x@strange.example> SIZE=999999999${CRLF}`], /^552 /],
    ['bare line feeds that smuggle a second message', (bob) => [...envelope(bob), `Subject: one${CRLF}${CRLF}text\n.\nMAIL FROM:<evil@strange.example>\nRCPT TO:<${bob}>\nDATA\nSubject: two\n\nsmuggled${CRLF}.${CRLF}`], /^5\d\d /],
    ['a bare carriage return', (bob) => [...envelope(bob), `Subject: one${CRLF}${CRLF}text\r.\rmore${CRLF}.${CRLF}`], /^5\d\d /],
    ['a NUL byte', (bob) => [...envelope(bob), Buffer.from(`Subject: nul${CRLF}${CRLF}a\0b${CRLF}.${CRLF}`, 'latin1')], /^5\d\d /],
  ];
  for (const [name, parts, reply] of REFUSED) {
    test(`${name} is refused clearly`, async ({ product }) => {
      expect(last((await dialogue(product, parts(product.bob.address))).filter((line) => !line.startsWith('221')))).toMatch(reply);
    });
  }

  test('ten thousand recipients are not taken at once, the first ones are', async ({ product }) => {
    const many = Array.from({ length: 1200 }, (_, n) => `RCPT TO:<${product.bob.address.replace("@", `+${n}@`)}>${CRLF}`);
    const replies = await dialogue(product, [`EHLO x.example${CRLF}`, `MAIL FROM:<x@strange.example>${CRLF}`, ...many]);
    expect(replies[3]).toMatch(/^250 /);
    expect(last(replies)).toMatch(/^(4[25]\d|452|421) /);
  });

  test('fifty megabytes are refused, and the server goes on', async ({ product, unique }) => {
    const line = `${'x'.repeat(990)}${CRLF}`;
    const body = Buffer.concat([Buffer.from(`Subject: huge${CRLF}${CRLF}`), Buffer.alloc(70 * 1024 * 1024, line), Buffer.from(`${CRLF}.${CRLF}`)]);
    const replies = await dialogue(product, [...envelope(product.bob.address), body]);
    expect(last(replies)).toMatch(/^(552|554|421) /);
    const subject = unique('Still here');
    await deliverFromOutside(product, { to: product.bob.address, subject, text: 'Yes.' });
    await imapMessage(product, product.bob, subject);
  });
});

test.describe('strange messages are kept and shown as well as can be', () => {
  const STRANGE: [name: string, source: (subject: string) => Buffer, shown: RegExp][] = [
    ['8-bit headers without a charset', (s) => Buffer.from(`From: J\xfcrgen <j@strange.example>${CRLF}Subject: ${s} Gr\xfc\xdfe${CRLF}${CRLF}sch\xf6n${CRLF}`, 'latin1'), /sch/],
    ['a charset that does not exist', (s) => Buffer.from(`From: x@strange.example${CRLF}Subject: ${s}${CRLF}Content-Type: text/plain; charset=klingon${CRLF}${CRLF}qapla readable${CRLF}`), /qapla readable/],
    ['a multipart that never ends', (s) => Buffer.from(`From: x@strange.example${CRLF}Subject: ${s}${CRLF}MIME-Version: 1.0${CRLF}Content-Type: multipart/mixed; boundary=b${CRLF}${CRLF}--b${CRLF}Content-Type: text/plain${CRLF}${CRLF}the only part`), /the only part/],
    ['no headers at all but a subject', (s) => Buffer.from(`Subject: ${s}${CRLF}${CRLF}just text${CRLF}`), /just text/],
    ['two thousand header lines', (s) => Buffer.from(`From: x@strange.example${CRLF}Subject: ${s}${CRLF}${Array.from({ length: 2000 }, (_, n) => `X-Bomb-${n}: ${'y'.repeat(60)}${CRLF}`).join('')}${CRLF}survived${CRLF}`), /survived/],
    ['a hundred nested parts', (s) => Buffer.from(`From: x@strange.example${CRLF}Subject: ${s}${CRLF}MIME-Version: 1.0${CRLF}${Array.from({ length: 100 }, (_, n) => `Content-Type: multipart/mixed; boundary=n${n}${CRLF}${CRLF}--n${n}${CRLF}`).join('')}Content-Type: text/plain${CRLF}${CRLF}at the bottom${CRLF}`), /./],
    ['broken base64', (s) => Buffer.from(`From: x@strange.example${CRLF}Subject: ${s}${CRLF}MIME-Version: 1.0${CRLF}Content-Type: text/plain; charset=utf-8${CRLF}Content-Transfer-Encoding: base64${CRLF}${CRLF}SGVsbG8g!!!d29y*bGQ=${CRLF}`), /Hello/],
  ];
  for (const [name, source, shown] of STRANGE) {
    test(name, async ({ openMail, product, unique }) => {
      const subject = unique('Strange');
      const page = await openMail(product.bob);
      const replies = await dialogue(product, [...envelope(product.bob.address), Buffer.concat([source(subject), Buffer.from(`${CRLF}.${CRLF}`)])]);
      const verdict = replies.find((_, index) => index === 5) ?? '';
      if (!verdict.startsWith('250')) {
        // Refusing is as good as showing, if it is clear.
        expect(verdict).toMatch(/^55\d [\d.]+ \w/);
        return;
      }
      await page.getByRole('button', { name: 'Refresh' }).click();
      // A filter may have found it suspicious enough for the other folder.
      const inSpam = page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Spam/ });
      await expect(async () => {
        await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Inbox/ }).click();
        if (await row(page, subject).isVisible({ timeout: 1_500 }).catch(() => false)) return;
        await inSpam.click();
        await expect(row(page, subject)).toBeVisible({ timeout: 1_500 });
      }).toPass({ timeout: 20_000 });
      await row(page, subject).getByRole('link').first().click();
      await expect.poll(() => openedText(page)).toMatch(shown);
    });
  }
});

test.describe('strange HTTP', () => {
  const ASKED: [name: string, method: string, path: string, body: string | undefined, status: number, code: string][] = [
    ['an unknown route', 'GET', '/api/nothing-here', undefined, 404, 'not_found'],
    ['a wrong method', 'DELETE', '/api/health', undefined, 405, 'method_not_allowed'],
    ['JSON that is none', 'POST', '/api/emails/send', '{"to": [', 400, 'invalid_request'],
    ['fields of the wrong kind', 'POST', '/api/emails/send', '{"to": 7, "subject": {}}', 400, 'invalid_request'],
    ['an identifier with a path in it', 'GET', '/api/emails/..%2f..%2fetc%2fpasswd', undefined, 404, 'not_found'],
    ['an identifier of nobody', 'GET', '/api/emails/018f0000-0000-7000-8000-000000000000', undefined, 404, 'not_found'],
    ['a page size beyond the limit', 'GET', '/api/mailbox/inbox?limit=100000', undefined, 400, 'invalid_request'],
    ['a cursor that is none', 'GET', '/api/mailbox/inbox?cursor=%00%ff', undefined, 400, 'invalid_request'],
    ['an image that was not signed', 'GET', '/api/images?u=http%3A%2F%2F127.0.0.1%2F&s=forged', undefined, 400, 'invalid_request'],
  ];
  for (const [name, method, path, body, status, code] of ASKED) {
    test(`${name}: ${status} and why`, async ({ openApi, product }) => {
      const api = await openApi(product.alice);
      const { csrfToken } = (await (await api.get('/api/me')).json()) as { csrfToken: string };
      const headers = { 'x-csrf-token': csrfToken, 'idempotency-key': `e2e-${Date.now()}`, ...(body && { 'content-type': 'application/json' }) };
      const answer = await api.fetch(path, { method, headers, data: body });
      const text = await answer.text();
      expect({ status: answer.status(), code: (JSON.parse(text) as { error?: { code: string } }).error?.code }).toEqual({ status, code });
      expect(text).not.toMatch(/\bat \w+ \(|node_modules|SELECT |postgres/i);
    });
  }

  test('one account’s mail is out of another’s reach, by every way to a message', async ({ openApi, product }) => {
    const alice = await openApi(product.alice);
    const bob = await openApi(product.bob);
    const { items } = (await (await alice.get('/api/mailbox/inbox?limit=3')).json()) as { items: { id: string; folderId: string; latestEmailId: string }[] };
    const [first] = items;
    if (!first) throw new Error('alice has no mail');
    const paths = [
      `/api/emails/${first.latestEmailId}`, `/api/emails/${first.latestEmailId}/body`, `/api/emails/${first.latestEmailId}/source`,
      `/api/emails/${first.latestEmailId}/attachments/ATT00001`, `/api/conversations/${first.id}`, `/api/conversations/${first.id}?folderId=${first.folderId}`,
    ];
    for (const path of paths) {
      expect((await bob.get(path)).status(), path).toBe(404);
    }
    for (const path of [`/api/mailbox/folders/${first.folderId}/conversations`, `/api/search?q=tide&folderId=${first.folderId}`]) {
      expect(await (await bob.get(path)).json(), path).toEqual({ items: [], nextCursor: null });
    }
    const { csrfToken } = (await (await bob.get('/api/me')).json()) as { csrfToken: string };
    const acted = await bob.post('/api/conversations/actions', { headers: { 'x-csrf-token': csrfToken }, data: { action: 'trash', emailIds: [first.latestEmailId] } });
    expect(await acted.json()).toMatchObject({ results: [{ status: 'not_found' }] });
    expect((await alice.get(`/api/emails/${first.latestEmailId}`)).status()).toBe(200);
  });
});
