// The keys of feedback tokens, in a file of the installation's secrets (0600): `id base64` a line. The first one signs,
// all are accepted, so that tokens of before a rotation stay good until they expire.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenKey } from '../../mail/feedback-token.ts';

export interface TokenKeys {
  signing(): TokenKey;
  accepted(): readonly TokenKey[];
}

/** A rotation is noticed within this time by those who sign; who checks a token looks at the file each time. */
const RECHECK_MS = 10_000;
const MAX_KEYS = 8;

/** Reads the keys now, and again when the file changes. @throws Error naming the file and the line that is no key */
export function tokenKeysFromFile(path: string): TokenKeys {
  let keys = parseTokenKeys(readFileSync(path, 'utf8'), path);
  let version = fileVersion(path);
  let checkedAt = performance.now();
  const look = (): TokenKey[] => {
    const found = fileVersion(path);
    if (found !== version) {
      keys = parseTokenKeys(readFileSync(path, 'utf8'), path);
      version = found;
    }
    checkedAt = performance.now();
    return keys;
  };
  return {
    signing: () => (performance.now() - checkedAt < RECHECK_MS ? keys : look())[0]!,
    accepted: look,
  };
}

/**
 * The installation's keys: of the file given, or of one in the home's secrets, which is made when it is missing.
 * Machines that share the queue need the same file.
 */
export function installationTokenKeys(config: { home: string; feedbackKeysFile: string | undefined }): TokenKeys {
  if (config.feedbackKeysFile !== undefined) return tokenKeysFromFile(config.feedbackKeysFile);
  const folder = join(config.home, 'secrets');
  const path = join(folder, 'feedback.keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) {
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
    try {
      // Unlike a rename, a link leaves what another process made meanwhile.
      linkSync(fresh, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(fresh);
    }
  }
  return tokenKeysFromFile(path);
}

/** @throws Error naming `path` and the line that is no key */
export function parseTokenKeys(text: string, path: string): TokenKey[] {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const keys = lines.map((line, index): TokenKey => {
    const match = /^(\d{1,3}) ([A-Za-z0-9+/]+=*)$/.exec(line);
    const secret = Buffer.from(match?.[2] ?? '', 'base64');
    if (!match || Number(match[1]) > 255 || secret.length < 32) throw new Error(`${path}, line ${index + 1}: a number from 0 to 255 and 32 bytes in base64 expected`);
    return { id: Number(match[1]), secret };
  });
  if (keys.length === 0) throw new Error(`${path}: no key`);
  return keys;
}

/**
 * Puts a new key before the others; the oldest beyond eight goes.
 * @returns the new key's id
 */
export function rotateTokenKey(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '');
  const taken = new Set(parseTokenKeys(lines.join('\n'), path).map((key) => key.id));
  let id = (Number(lines[0]!.trim().split(' ')[0]) + 1) % 256;
  while (taken.has(id)) id = (id + 1) % 256;
  const text = [`${id} ${randomBytes(32).toString('base64')}`, ...lines].slice(0, MAX_KEYS).join('\n');
  writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return id;
}

function fileVersion(path: string): string {
  const { ino, mtimeMs, size } = statSync(path);
  return `${ino} ${mtimeMs} ${size}`;
}
