// A process of ours that is started again whenever it ends, as the supervisor does, and killed on demand.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface KeptProcess {
  /** SIGKILL, and a new one in its place. Resolves when that is ready. */
  kill(): Promise<void>;
  /** SIGTERM, and none in its place. @returns the exit code */
  stop(): Promise<number | null>;
}

/** @param entry its main file, which says when it is ready */
export async function keepProcess(entry: string, env: Record<string, string>, logFile: string, args: () => string[] = () => []): Promise<KeptProcess> {
  const log = openSync(logFile, 'a');
  let child: ChildProcess;
  let wanted = true;
  let ready = begin();

  async function begin(): Promise<void> {
    while (wanted) {
      const started = fork(entry, args(), { env: env as NodeJS.ProcessEnv, stdio: ['ignore', log, log, 'ipc'], execArgv: [] });
      child = started;
      const ended = once(started, 'exit');
      const isReady = await Promise.race([once(started, 'message').then(() => true), ended.then(() => false)]);
      if (isReady) {
        void ended.then(() => {
          if (wanted) ready = begin();
        });
        return;
      }
      await sleep(200);
    }
  }
  await ready;
  return {
    async kill() {
      const victim = child;
      if (victim.exitCode === null && victim.signalCode === null) {
        const ended = once(victim, 'exit');
        victim.kill('SIGKILL');
        await ended;
      }
      await sleep(1);
      await ready;
    },
    async stop() {
      wanted = false;
      await ready;
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return ((await ended) as [number | null])[0];
    },
  };
}
