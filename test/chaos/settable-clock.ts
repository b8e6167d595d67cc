// A wall clock that can be set for some processes and not for the machine: libfaketime, told by a file. It moves what
// gettimeofday and clock_gettime(CLOCK_REALTIME) say, in PostgreSQL and Node alike; the monotonic clock goes on, as it
// does when a real clock is set.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = ['/usr/lib', '/usr/lib64'];

/** Where Debian's package libfaketime has it; EIDER_FAKETIME names another place. Null: not installed. */
export function faketimeLibrary(): string | null {
  const given = process.env['EIDER_FAKETIME'];
  if (given) return existsSync(given) ? given : null;
  for (const folder of LIBRARIES.filter(existsSync)) {
    for (const name of ['.', ...readdirSync(folder)]) {
      const path = join(folder, name, 'faketime/libfaketime.so.1');
      if (existsSync(path)) return path;
    }
  }
  return null;
}

export interface SettableClock {
  /** For every process that is to live by it. */
  env: Record<string, string>;
  /** Sets it so many seconds from the machine's; processes notice within a second. */
  set(offsetSeconds: number): void;
}

export function settableClock(library: string, file: string): SettableClock {
  const set = (offsetSeconds: number): void => writeFileSync(file, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}\n`);
  set(0);
  return {
    env: {
      LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1',
    },
    set,
  };
}
