// The image proxy against a real HTTP server whose paths script what a remote side may do.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchRemoteImage } from './image-proxy.ts';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let server: Server;
let base: string;
const seen: { url: string; headers: Record<string, unknown> }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url!, headers: request.headers });
    const path = request.url!;
    if (path === '/image') response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=b' }).end(PNG);
    else if (path === '/html') response.writeHead(200, { 'content-type': 'image/png' }).end('<script>alert(1)</script>');
    else if (path === '/svg') response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    else if (path === '/huge') {
      response.writeHead(200);
      response.write(PNG);
      const more = () => {
        if (!response.destroyed && response.write(Buffer.alloc(1 << 20))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    } else if (path === '/once') response.writeHead(302, { location: '/image' }).end();
    else if (path === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    else if (path === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (path === '/cut') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(PNG);
      setImmediate(() => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const allowLoopback = { allowAddress: (address: string) => address === '127.0.0.1' };

describe('image proxy', () => {
  test('gives the image with the type that its bytes have', async () => {
    const outcome = await fetchRemoteImage(`${base}/image`, allowLoopback);
    expect(outcome).toEqual({ kind: 'image', contentType: 'image/png', bytes: PNG });
    const { headers } = seen.at(-1)!;
    expect(headers['cookie']).toBeUndefined();
    expect(headers['referer']).toBeUndefined();
  });
  test('follows a redirect', async () => expect((await fetchRemoteImage(`${base}/once`, allowLoopback)).kind).toBe('image'));
  test.each([
    ['/html', { kind: 'refused', reason: 'type' }],
    ['/svg', { kind: 'refused', reason: 'type' }],
    ['/huge', { kind: 'refused', reason: 'size' }],
    ['/inside', { kind: 'refused', reason: 'address' }],
    ['/file', { kind: 'refused', reason: 'scheme' }],
    ['/loop', { kind: 'refused', reason: 'redirects' }],
    ['/nothing', { kind: 'failed', reason: 'status 404' }],
  ])('%s → %j', async (path, outcome) => expect(await fetchRemoteImage(base + path, allowLoopback)).toEqual(outcome));
  test('a broken answer is a failure, not a half image', async () =>
    expect((await fetchRemoteImage(`${base}/cut`, allowLoopback)).kind).toBe('failed'));

  test.each(['http://127.0.0.1', 'http://localhost', 'http://[::1]', 'http://0x7f000001', 'http://2130706433', 'http://127.1', 'http://[::ffff:127.0.0.1]'])(
    'never connects to %s',
    async (origin) => {
      const before = seen.length;
      const outcome = await fetchRemoteImage(`${origin}:${base.split(':').at(-1)}/image`);
      expect(outcome).toEqual({ kind: 'refused', reason: 'address' });
      expect(seen.length).toBe(before);
    },
  );
});
