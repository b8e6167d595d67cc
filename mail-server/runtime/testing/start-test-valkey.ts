// A throw-away Valkey for a test or a benchmark, with the embedded one's settings.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrefix } from '../prefix/ensure-prefix.ts';
import { unprivileged } from '../services/unprivileged.ts';
import { answersPing, prepareValkey } from '../services/valkey.ts';

export interface TestValkey {
  url: string;
  /** Holds it as it is: it answers nothing, and nothing is lost. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export async function startTestValkey(): Promise<TestValkey> {
  const home = await mkdtemp(join(tmpdir(), 'eider-valkey-'));
  const programs = await ensurePrefix();
  const runAs = unprivileged([home, programs.root]);
  const valkey = await prepareValkey(programs, join(home, 'valkey'), runAs, { port: await freePort(), password: 'test' });
  const bound = runAs.wrap('setpriv', ['--pdeathsig', 'TERM', '--', valkey.command, ...valkey.args]);
  const child: ChildProcess = spawn(bound.command, bound.args, { stdio: 'ignore' });
  while (!(await answersPing(valkey.url))) {
    if (child.exitCode !== null) throw new Error('Valkey did not start');
    await sleep(20);
  }
  return {
    url: valkey.url,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT');
      const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve();
      child.kill('SIGTERM');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
