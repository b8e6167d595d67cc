// Runs all roles: starts each when those it needs are ready, stops them in reverse order. Knows nothing of what they do.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file.ts';
import { ProcessRecord } from './process-record.ts';
import { RoleProcess } from './role-process.ts';
import type { RoleSpec, RoleStatus } from './role-spec.ts';

/** A role that dies this often before it was ever ready is taken for broken, and starting fails. */
const FIRST_START_ATTEMPTS = 4;

const OPTIONAL_WAIT_MS = 15_000;

export interface SupervisorOptions {
  logFolder: string;
  recordFile: string;
  /** Told of each role that dies, with why, and when it comes back. */
  onDeath: (role: string, reason: string, delayMs: number) => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #record: ProcessRecord;
  /** In the order of their start. */
  readonly #roles = new Map<string, { process: RoleProcess; log: LogFile }>();
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#record = new ProcessRecord(options.recordFile);
  }

  /**
   * Starts `specs`, each as soon as those it needs are ready, and resolves when all are. May be called again for more.
   * @param onReady told of each role with the time that it took
   * @throws Error naming the first role that doesn't come up; an optional one only has its death reported
   */
  async start(specs: readonly RoleSpec[], onReady: (role: string, tookMs: number) => void = () => undefined): Promise<void> {
    const pending = new Map<string, Promise<void>>();
    for (const spec of specs) {
      const needed = spec.needs.map((role) => pending.get(role)).filter((wait) => wait !== undefined);
      const run = Promise.all(needed).then(() => this.#run(spec, onReady));
      // Each failure is reported once, below, and dependants simply don't start.
      run.catch(() => undefined);
      pending.set(spec.role, run);
    }
    await Promise.all(pending.values());
  }

  async #run(spec: RoleSpec, onReady: (role: string, tookMs: number) => void): Promise<void> {
    if (this.#stopping) throw new Error(`${spec.role} was not started: stopping`);
    const log = new LogFile(join(this.#options.logFolder, `${spec.role}.log`));
    const process = new RoleProcess(spec, log, this.#record);
    this.#roles.set(spec.role, { process, log });
    process.on('died', (reason, delayMs) => this.#options.onDeath(spec.role, reason, delayMs));
    const startedAt = Date.now();
    process.start();
    const ready = process.untilReady(FIRST_START_ATTEMPTS).then(() => onReady(spec.role, Date.now() - startedAt));
    // Without an optional one things begin after a while; it goes on being started.
    await (spec.optional ? Promise.race([ready.catch(() => undefined), sleep(OPTIONAL_WAIT_MS, undefined, { ref: false })]) : ready);
  }

  status(): RoleStatus[] {
    return [...this.#roles.values()].map((entry) => entry.process.status());
  }

  /** Stops everything, last started first; a role is stopped once those that need it are. Idempotent. */
  stop(onStopped: (role: string) => void = () => undefined): Promise<void> {
    this.#stopping ??= this.#stopAll(onStopped);
    return this.#stopping;
  }

  async #stopAll(onStopped: (role: string) => void): Promise<void> {
    const done = new Map<string, Promise<void>>();
    const entries = [...this.#roles.values()].reverse();
    for (const { process, log } of entries) {
      const { role } = process.spec;
      const dependants = entries.filter((other) => other.process.spec.needs.includes(role));
      const waits = dependants.map((other) => done.get(other.process.spec.role));
      const stopped = Promise.all(waits).then(async () => {
        await process.stop();
        log.close();
        onStopped(role);
      });
      done.set(role, stopped);
    }
    await Promise.all(done.values());
    this.#record.clear();
  }
}
