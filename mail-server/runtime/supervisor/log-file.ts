// A role's log file: appended to, and rotated by size. Remembers the last words, which usually tell why a process died.
import { mkdirSync, openSync, closeSync, renameSync, fstatSync, writeSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
/** `x.log.1` is the youngest. */
const KEPT = 3;

export class LogFile {
  readonly path: string;
  readonly #rotateAtBytes: number;
  #fd: number;
  #bytes: number;
  #tail = '';

  constructor(path: string, rotateAtBytes = ROTATE_AT_BYTES) {
    this.path = path;
    this.#rotateAtBytes = rotateAtBytes;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#fd = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** Appends what a process printed. A full disk loses log lines, not processes. */
  write(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-4096);
    if (this.#bytes > 0 && this.#bytes + chunk.length > this.#rotateAtBytes) this.#rotate();
    try {
      this.#bytes += writeSync(this.#fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** What most likely tells why a process died: the last line that speaks of a fault, or just the last one. */
  lastWords(): string {
    return lastWords(this.#tail);
  }

  /** Forgets the last words: what comes next is another process's. */
  forget(): void {
    this.#tail = '';
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    closeSync(this.#fd);
    rmSync(`${this.path}.${KEPT}`, { force: true });
    for (let number = KEPT - 1; number >= 1; number -= 1) moveIfThere(`${this.path}.${number}`, `${this.path}.${number + 1}`);
    moveIfThere(this.path, `${this.path}.1`);
    this.#fd = openSync(this.path, 'a', 0o600);
    this.#bytes = 0;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Terminal escapes; the empty lines and stack frames around an error's message are worth nothing either. */
const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;
const NOISE = /^(at |Node\.js v|\}|\^+$|\.\.\.)/;
const FAULT = /error|fatal|fail|cannot|can't|unable|denied|refused|invalid|missing|not found|EADDRINUSE/i;

export function lastWords(text: string): string {
  const lines = text.replaceAll(ESCAPES, '').split('\n').map((line) => line.trim()).filter((line) => line && !NOISE.test(line));
  const line = lines.findLast((candidate) => FAULT.test(candidate)) ?? lines.at(-1) ?? '';
  return messageOf(line).slice(0, 300);
}

function messageOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const record = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown } };
    const parts = [record.msg, record.err?.message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length > 0 ? parts.join(': ') : line;
  } catch {
    return line;
  }
}
