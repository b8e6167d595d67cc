// Runs one host program to its end and collects what it printed. Long-lived services belong to supervisor/.
import { spawn } from 'node:child_process';
import { SetupError } from './setup-error.ts';

export interface RunOptions {
  cwd?: string;
  /** The whole environment of the program; default: ours. */
  env?: NodeJS.ProcessEnv;
  /** Written to the program's standard input, which is otherwise empty. */
  input?: string;
  /** Killed after this many milliseconds; default ten minutes. */
  timeoutMs?: number;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Killed by the kernel when we end, however that comes about: whoever starts next must find nobody at work. */
const BOUND = ['--pdeathsig', 'KILL', '--'];

/**
 * Runs `command` and resolves with its exit code and output, whatever the code.
 * @throws SetupError when the program isn't installed or ran out of time
 */
export function tryProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', [...BOUND, command, ...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const timeoutMs = options.timeoutMs ?? 600_000;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new SetupError(error.code === 'ENOENT' ? 'setpriv is not installed: apt-get install util-linux' : `${command} cannot be run: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (timedOut) return reject(new SetupError(`${command} gave no result within ${timeoutMs / 1000} s`));
      const stderr = Buffer.concat(err).toString('utf8');
      if (code === 127 && stderr.startsWith('setpriv: failed to execute')) return reject(new SetupError(`${command} is not installed`));
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: signal ? `${stderr}\nended by ${signal}` : stderr,
      });
    });
    // A program that exits without reading its input closes the pipe: its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Runs `command`, which has to succeed.
 * @returns its standard output
 * @throws SetupError with the last line of its error output when it fails
 */
export async function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryProgram(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new SetupError(`${command} ${args[0] ?? ''} failed: ${lastLines(result.stderr || result.stdout)}`);
}

/** The last three lines that say something, as one line. */
export function lastLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return lines.slice(-3).join(' | ') || 'no output';
}
