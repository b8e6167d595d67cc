// Real child processes: small Node programs that say they are ready, die, refuse to stop, or leave children behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify, isAlive, sessionOf, signal, type ProcessIdentity } from './process-identity.ts';
import { endLeftovers } from './process-record.ts';
import { RoleFailure } from './role-process.ts';
import type { RoleSpec } from './role-spec.ts';
import { Supervisor } from './supervisor.ts';

let folder: string;
let supervisor: Supervisor;
let deaths: { role: string; reason: string; delayMs: number }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-supervisor-'));
  deaths = [];
  supervisor = new Supervisor({
    logFolder: join(folder, 'logs'),
    recordFile: join(folder, 'processes.json'),
    onDeath: (role, reason, delayMs) => deaths.push({ role, reason, delayMs }),
  });
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true });
});

const READY = "process.send({ type: 'ready' }); setInterval(() => undefined, 1000);";
const NOTE = (text: string) => `require('fs').appendFileSync(process.env.NOTES, ${JSON.stringify(`${text}\n`)});`;
const STOPS = (name: string) => `process.on('SIGTERM', () => { ${NOTE(`${name} stops`)} process.exit(0); });`;

function spec(role: string, program: string, more: Partial<RoleSpec> = {}): RoleSpec {
  return {
    role,
    command: process.execPath,
    args: ['--input-type=commonjs', '--eval', program],
    env: { ...process.env, NOTES: join(folder, 'notes') },
    cwd: folder,
    ready: 'ipc',
    readyTimeoutMs: 20_000,
    needs: [],
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    optional: false,
    ...more,
  };
}

const notes = () => readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
const status = (role: string) => supervisor.status().find((entry) => entry.role === role)!;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

const identityOf = (role: string): ProcessIdentity => identify(status(role).pid!)!;

describe('start and stop', () => {
  it('starts a role when those it needs are ready, and stops in reverse order', async () => {
    await supervisor.start([
      spec('web', `${NOTE('web starts')} ${STOPS('web')} ${READY}`, { needs: ['store', 'cache'] }),
      spec('store', `${STOPS('store')} setTimeout(() => { ${NOTE('store ready')} ${READY} }, 300);`),
      spec('cache', `${STOPS('cache')} ${NOTE('cache ready')} ${READY}`),
    ].sort((a, b) => a.needs.length - b.needs.length));
    expect(supervisor.status().map(({ state, restarts }) => [state, restarts])).toEqual([['ready', 0], ['ready', 0], ['ready', 0]]);
    expect(notes()).toEqual(['cache ready', 'store ready', 'web starts']);
    await supervisor.stop();
    expect(notes()[3]).toBe('web stops');
    expect(notes().slice(4).sort()).toEqual(['cache stops', 'store stops']);
    expect(supervisor.status().map((entry) => [entry.state, entry.pid])).toEqual([['stopped', null], ['stopped', null], ['stopped', null]]);
  });

  it('kills what does not stop in time, with what it started', async () => {
    const stubborn = `process.on('SIGTERM', () => undefined);
      const child = require('child_process').spawn(process.execPath, ['--eval', "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)"], { stdio: 'inherit' });
      child.on('spawn', () => { ${READY} });`;
    await supervisor.start([spec('stubborn', stubborn, { stopTimeoutMs: 200 })]);
    const leader = identityOf('stubborn');
    expect(sessionOf(leader)).toHaveLength(2);
    await supervisor.stop();
    expect(sessionOf(leader)).toEqual([]);
  });

  it('waits for a probe where there is no channel', async () => {
    let asked = 0;
    const ready = async () => ++asked >= 3;
    await supervisor.start([spec('service', 'setInterval(() => undefined, 1000)', { ready })]);
    expect(asked).toBe(3);
    expect(status('service').state).toBe('ready');
  });
});

describe('a role that dies', () => {
  it('is started again, with its last words as the reason', async () => {
    // Ready only once the signal has its handler: without one, the signal itself would end it.
    await supervisor.start([spec('fragile', `process.on('SIGUSR2', () => { console.error('Error: the disk is gone'); process.exit(3); }); ${READY}`)]);
    const first = status('fragile').pid!;
    process.kill(first, 'SIGUSR2');
    await until(() => status('fragile').restarts === 1 && status('fragile').state === 'ready');
    expect(status('fragile').pid).not.toBe(first);
    expect(deaths).toEqual([{ role: 'fragile', reason: 'ended with exit code 3: Error: the disk is gone', delayMs: 250 }]);
    expect(status('fragile').lastExit?.reason).toBe('ended with exit code 3: Error: the disk is gone');
  });

  it('takes with it what it had started, also when killed', async () => {
    const parent = `require('child_process').spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' }).on('spawn', () => { ${READY} });`;
    await supervisor.start([spec('parent', parent)]);
    const leader = identityOf('parent');
    const members = sessionOf(leader);
    process.kill(leader.pid, 'SIGKILL');
    await until(() => status('parent').restarts === 1);
    expect(members.filter(isAlive)).toEqual([]);
    expect(deaths[0]?.reason).toBe('was ended by SIGKILL');
  });

  it('waits longer each time, and fails the start after four deaths', async () => {
    const start = supervisor.start([spec('broken', "console.error('cannot open its file'); process.exit(1);")]);
    await expect(start).rejects.toThrow(RoleFailure);
    await expect(start).rejects.toThrow("broken doesn't start: ended with exit code 1: cannot open its file");
    expect(deaths.map((death) => death.delayMs)).toEqual([250, 500, 1000, 2000]);
  });

  it('does not hold up the others when it is optional', async () => {
    await supervisor.start([spec('filter', 'process.exit(1);', { optional: true }), spec('needed', READY)]);
    expect(status('needed').state).toBe('ready');
    expect(status('filter').state).toBe('backoff');
  });

  it('that cannot even be run is reported, not thrown', async () => {
    const start = supervisor.start([spec('ghost', '', { command: join(folder, 'no-such-program') })]);
    await expect(start).rejects.toThrow(/ghost doesn't start: cannot be started: .*ENOENT/);
  });
});

describe('leftovers of a killed supervisor', () => {
  it('are ended at the next start, with all that they had started, and nobody else', async () => {
    const stranger = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'], { stdio: 'ignore', detached: true });
    await once(stranger, 'spawn');
    const program = `require('child_process').spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' }).on('spawn', () => console.log('ready'));`;
    const left = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    await once(left.stdout, 'data');
    const leader = identify(left.pid!)!;
    const other = identify(stranger.pid!)!;
    const members = sessionOf(leader);
    expect(members).toHaveLength(2);
    const record = join(folder, 'left.json');
    // The second entry has the stranger's number, but another start time: a number given away again.
    writeFileSync(record, JSON.stringify([
      { ...leader, role: 'gateway', stopSignal: 'SIGTERM' },
      { ...other, startTicks: other.startTicks - 1, role: 'web', stopSignal: 'SIGTERM' },
    ]));
    expect(await endLeftovers(record)).toEqual(['gateway']);
    expect(members.filter(isAlive)).toEqual([]);
    expect(isAlive(other)).toBe(true);
    signal(other, 'SIGKILL');
  });

  it('are none when there is no record', async () => {
    expect(await endLeftovers(join(folder, 'none.json'))).toEqual([]);
  });
});
