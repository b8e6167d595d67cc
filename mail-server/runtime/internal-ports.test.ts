import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INTERNAL_PORTS, internalPorts } from './internal-ports.ts';

let folder: string;
let path: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-ports-'));
  path = join(folder, 'ports.json');
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

it('picks distinct ports and keeps them', async () => {
  const first = await internalPorts(path, []);
  expect(new Set(Object.values(first)).size).toBe(INTERNAL_PORTS.length);
  expect(await internalPorts(path, [])).toEqual(first);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(first);
});

it('picks anew only those that are taken or reserved', async () => {
  const first = await internalPorts(path, []);
  server = createServer();
  await new Promise<void>((resolve) => server?.listen({ port: first.valkey, host: '127.0.0.1' }, resolve));
  expect((server.address() as AddressInfo).port).toBe(first.valkey);
  const second = await internalPorts(path, [first.rspamd]);
  expect([second.wildduckApi, second.wildduckLmtp]).toEqual([first.wildduckApi, first.wildduckLmtp]);
  expect(second.valkey).not.toBe(first.valkey);
  expect(second.rspamd).not.toBe(first.rspamd);
});

it('takes a damaged file for none', async () => {
  writeFileSync(path, '{"wildduckApi":');
  expect(Object.keys(await internalPorts(path, []))).toEqual([...INTERNAL_PORTS]);
});
