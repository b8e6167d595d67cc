// The way from a counter in a process to the page that Prometheus reads, over real sockets and with two processes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveMetrics } from '../../../server/infra/metrics/metrics-socket.ts';
import { beforeReading, counter, gauge, histogram } from '../../../server/infra/metrics/registry.ts';
import { parseMetrics } from '../../../server/infra/metrics/testing/parse-metrics.ts';
import { serveMetricsPage } from './metrics-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'eider-metrics-'));
const log = pino({ level: 'silent' });
let page: Server;
let other: ChildProcess;
let end: () => void;

const roles = [{ role: 'web', state: 'backoff', pid: null, uptimeMs: null, restarts: 3, optional: false, lastExit: null } as const];
const read = async (path = '/metrics') => fetch(`http://127.0.0.1:${(page.address() as AddressInfo).port}${path}`);

beforeAll(async () => {
  end = await serveMetrics('first', folder, log);
  page = await serveMetricsPage(0, folder, () => roles);
  // Another process, as the supervisor has them; it says when its socket is there.
  const script = `
    import { serveMetrics } from '${new URL('../../../server/infra/metrics/metrics-socket.ts', import.meta.url).href}';
    import { counter } from '${new URL('../../../server/infra/metrics/registry.ts', import.meta.url).href}';
    counter({ name: 'eider_test_total', help: 'Of the test.', labels: ['kind'] }).inc({ kind: 'b' }, 7);
    await serveMetrics('second', process.argv[2], console);
    setInterval(() => {}, 1000);
    process.send('ready');`;
  writeFileSync(join(folder, 'second.ts'), script);
  other = spawn(process.execPath, [join(folder, 'second.ts'), folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(other, 'message');
});
afterAll(() => {
  end();
  other.kill('SIGKILL');
  page.close();
  rmSync(folder, { recursive: true });
});

test('counters, gauges and histograms of all processes on one page that parses, told apart by role and pid', async () => {
  counter({ name: 'eider_test_total', help: 'Of the test.', labels: ['kind'] }).inc({ kind: 'a"\n' });
  const depth = gauge({ name: 'eider_test_depth', help: 'Read when asked.', labels: ['lane'] });
  beforeReading(() => depth.set({ lane: 'marketing' }, 4));
  // One that cannot be read takes nothing from the others.
  beforeReading(() => Promise.reject(new Error('the database is away')));
  histogram({ name: 'eider_test_seconds', help: 'Times.', buckets: [0.1, 1] }).observe({}, 0.5);
  const { types, series } = parseMetrics(await (await read()).text());
  const of = (name: string) => series.filter((entry) => entry.name === name).map((entry) => [entry.labels['role'], entry.value]);
  expect(types.get('eider_test_total')).toBe('counter');
  expect(of('eider_test_total').sort()).toEqual([['first', 1], ['second', 7]]);
  expect(series.find((entry) => entry.name === 'eider_test_depth')).toMatchObject({ labels: { lane: 'marketing', pid: String(process.pid) }, value: 4 });
  expect(series.filter((entry) => entry.name === 'eider_test_seconds_bucket').map((entry) => [entry.labels['le'], entry.value])).toEqual([['0.1', 0], ['1', 1], ['+Inf', 1]]);
  expect(of('process_resident_memory_bytes').map(([role]) => role).sort()).toEqual(['first', 'second']);
  expect(of('eider_role_up')).toEqual([['web', 0]]);
  expect(of('eider_role_restarts_total')).toEqual([['web', 3]]);
});

test('the same metric may be made twice, and counts on', async () => {
  const again = () => counter({ name: 'eider_again_total', help: 'Again.' });
  again().inc({});
  again().child({}).inc(2);
  expect((await (await read()).text())).toMatch(/eider_again_total\{.*\} 3\n/);
});

test('a process that was killed is gone from the page, and its socket with it', async () => {
  other.kill('SIGKILL');
  await once(other, 'exit');
  const socket = join(folder, `m.${other.pid}`);
  expect(existsSync(socket)).toBe(true);
  const { series } = parseMetrics(await (await read()).text());
  expect(series.some((entry) => entry.labels['role'] === 'second')).toBe(false);
  expect(existsSync(socket)).toBe(false);
});

test('only the owner reaches the socket; the page is on loopback, and nothing else is there', async () => {
  expect(statSync(join(folder, `m.${process.pid}`)).mode & 0o777).toBe(0o600);
  expect((page.address() as AddressInfo).address).toBe('127.0.0.1');
  expect((await read('/')).status).toBe(404);
});

test('a folder that is missing stops nobody', async () => {
  const end = await serveMetrics('third', join(folder, 'missing'), log);
  expect(end).not.toThrow();
});
