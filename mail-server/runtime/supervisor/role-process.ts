// One role: starts its process, learns when it is ready, starts it again when it dies, stops it. Order between roles
// is the supervisor's.
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { restartDelayMs, STABLE_AFTER_MS } from './backoff.ts';
import type { LogFile } from './log-file.ts';
import { identify, sessionOf, signal, type ProcessIdentity } from './process-identity.ts';
import type { ProcessRecord } from './process-record.ts';
import type { RoleSpec, RoleState, RoleStatus } from './role-spec.ts';

interface RoleEvents {
  ready: [];
  /** The process ended, was not asked to, and will be started again after `delayMs`. */
  died: [reason: string, delayMs: number];
  /** As `stop` asked. */
  stopped: [];
}

/** A role doesn't come up; the message says which and what its last words were. */
export class RoleFailure extends Error {
  override name = 'RoleFailure';

  constructor(role: string, reason: string) {
    super(`${role} doesn't start: ${reason}`);
  }
}

export class RoleProcess extends EventEmitter<RoleEvents> {
  readonly spec: RoleSpec;
  readonly #log: LogFile;
  readonly #record: ProcessRecord;
  #state: RoleState = 'waiting';
  #child: ChildProcess | null = null;
  #identity: ProcessIdentity | null = null;
  #startedAt = 0;
  #starts = 0;
  #failures = 0;
  #lastExit: RoleStatus['lastExit'] = null;
  #timer: NodeJS.Timeout | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(spec: RoleSpec, log: LogFile, record: ProcessRecord) {
    super();
    this.spec = spec;
    this.#log = log;
    this.#record = record;
  }

  get state(): RoleState {
    return this.#state;
  }

  status(): RoleStatus {
    const running = this.#child !== null;
    return {
      role: this.spec.role,
      state: this.#state,
      pid: running ? (this.#child?.pid ?? null) : null,
      uptimeMs: running ? Date.now() - this.#startedAt : null,
      restarts: Math.max(0, this.#starts - 1),
      optional: this.spec.optional,
      lastExit: this.#lastExit,
    };
  }

  /** Starts the process; it is kept running until `stop`. */
  start(): void {
    const { command, args, env, cwd, stopSignal, role, ready } = this.spec;
    this.#state = 'starting';
    this.#starts += 1;
    this.#startedAt = Date.now();
    this.#log.forget();
    // A session of its own: the terminal's Ctrl-C reaches only the supervisor, which stops roles in order, and what
    // the process leaves behind can be found. `--pdeathsig`: the kernel stops it when the supervisor is killed.
    const stdio = ready === 'ipc' ? (['ignore', 'pipe', 'pipe', 'ipc'] as const) : (['ignore', 'pipe', 'pipe'] as const);
    const child = spawn(command, args, { env, cwd, stdio: [...stdio], detached: true });
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#log.write(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#log.write(chunk));
    this.#ended = new Promise((resolve) => {
      const end = (how: string, killed = false) => {
        this.#onEnd(child, how, killed);
        resolve();
      };
      child.once('error', (error) => end(`cannot be started: ${error.message}`));
      // What it started itself may hold our pipes open: `close` comes only when that is gone too.
      child.once('exit', () => this.#killAll());
      child.once('close', (code, killedBy) => end(describeExit(code, killedBy), killedBy === 'SIGKILL' || killedBy === 'SIGTERM'));
    });
    this.#identity = child.pid === undefined ? null : identify(child.pid);
    if (this.#identity) this.#record.add({ ...this.#identity, role, stopSignal });
    if (ready === 'ipc') {
      child.on('message', (message: { type?: string }) => {
        if (message?.type === 'ready') this.#becomeReady(child);
      });
    } else {
      void this.#probe(child, ready);
    }
    const limit = setTimeout(() => this.#giveUpWaiting(child), this.spec.readyTimeoutMs);
    child.once('close', () => clearTimeout(limit));
    this.once('ready', () => clearTimeout(limit));
  }

  /** Stops the process and what it started; resolves when all of it is gone. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#child) {
      this.#state = 'stopping';
      this.#child.kill(this.spec.stopSignal);
      const killer = setTimeout(() => this.#killAll(), this.spec.stopTimeoutMs);
      await this.#ended;
      clearTimeout(killer);
    }
    this.#state = 'stopped';
    this.emit('stopped');
  }

  /** Resolves when ready; rejects when stopped or when it has died `attempts` times without getting there. */
  untilReady(attempts: number): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    return new Promise((resolve, reject) => {
      let deaths = 0;
      const settle = (outcome: () => void) => {
        this.off('ready', onReady).off('died', onDied).off('stopped', onStopped);
        outcome();
      };
      const onReady = () => settle(resolve);
      const onStopped = () => settle(() => reject(new Error(`${this.spec.role} was stopped`)));
      const onDied = (reason: string) => {
        deaths += 1;
        if (deaths >= attempts) settle(() => reject(new RoleFailure(this.spec.role, reason)));
      };
      this.on('ready', onReady).on('died', onDied).on('stopped', onStopped);
    });
  }

  #becomeReady(child: ChildProcess): void {
    if (child !== this.#child || this.#state !== 'starting') return;
    this.#state = 'ready';
    this.emit('ready');
  }

  async #probe(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
    while (child === this.#child && this.#state === 'starting') {
      if (await ready()) this.#becomeReady(child);
      else await sleep(250);
    }
  }

  #giveUpWaiting(child: ChildProcess): void {
    if (child !== this.#child || this.#state !== 'starting') return;
    this.#log.write(Buffer.from(`not ready after ${this.spec.readyTimeoutMs / 1000} s: ended\n`));
    this.#killAll();
  }

  #killAll(): void {
    if (!this.#identity) return;
    for (const member of sessionOf(this.#identity)) signal(member, 'SIGKILL');
  }

  #onEnd(child: ChildProcess, how: string, killed: boolean): void {
    if (child !== this.#child) return;
    this.#child = null;
    this.#record.remove(this.spec.role);
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    // Whoever is killed from outside has nothing to say about it.
    const last = killed ? '' : this.#log.lastWords();
    const reason = last ? `${how}: ${last}` : how;
    this.#lastExit = { at: new Date().toISOString(), reason };
    this.#failures = Date.now() - this.#startedAt > STABLE_AFTER_MS ? 1 : this.#failures + 1;
    const delayMs = restartDelayMs(this.#failures);
    this.#state = 'backoff';
    this.#timer = setTimeout(() => this.start(), delayMs);
    this.emit('died', reason, delayMs);
  }
}

function describeExit(code: number | null, killedBy: NodeJS.Signals | null): string {
  return killedBy ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
}
