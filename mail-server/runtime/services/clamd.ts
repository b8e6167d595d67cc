// The machine's own clamd, run embedded when it and virus signatures are there. Nothing is installed or downloaded.
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { socketFolder } from './socket-folder.ts';
import type { Unprivileged } from './unprivileged.ts';

export type EmbeddedClamd =
  | { kind: 'present'; url: string; socket: string; command: string; args: string[] }
  | { kind: 'absent'; reason: string };

const SIGNATURES = /\.(cvd|cld|cud|ndb|hdb|hsb|ldb|mdb)$/;
/** Where freshclam of Debian keeps the official ones. */
const SYSTEM_SIGNATURES = '/var/lib/clamav';

/** Signatures are taken from `folder`/signatures when some are there, else from the system's folder. */
export async function prepareClamd(folder: string, runAs: Unprivileged): Promise<EmbeddedClamd> {
  const program = findProgram('clamd');
  if (!program) return { kind: 'absent', reason: 'clamd is not installed (apt-get install clamav-daemon)' };
  const own = join(folder, 'signatures');
  await mkdir(own, { recursive: true, mode: 0o700 });
  const database = (await hasSignatures(own)) ? own : (await hasSignatures(SYSTEM_SIGNATURES)) ? SYSTEM_SIGNATURES : null;
  if (!database) return { kind: 'absent', reason: `clamd has no signatures; put them into ${own}, or run freshclam` };
  const sockets = socketFolder(join(folder, 'run'));
  const socket = join(sockets, 'clamd.sock');
  const path = join(folder, 'clamd.conf');
  const lines = [
    `DatabaseDirectory ${database}`,
    `LocalSocket ${socket}`,
    'LocalSocketMode 600',
    'FixStaleSocket yes',
    'Foreground yes',
    `TemporaryDirectory ${folder}`,
    'StreamMaxLength 64M',
    'MaxScanSize 128M',
    'MaxFileSize 64M',
    'MaxThreads 4',
    'ExitOnOOM yes',
    'LogTime yes',
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  runAs.own(folder);
  return { kind: 'present', url: `unix://${encodeURI(socket)}`, socket, command: program, args: ['--config-file', path] };
}

/** Whether clamd answers PING on its socket: it does once its signatures are loaded. */
export function clamdAnswers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const finish = (alive: boolean) => {
      connection.destroy();
      resolve(alive);
    };
    connection.setTimeout(2000, () => finish(false));
    connection.once('error', () => finish(false));
    connection.once('connect', () => connection.write('zPING\0'));
    connection.once('data', (chunk) => finish(chunk.toString('latin1').startsWith('PONG')));
    connection.once('close', () => finish(false));
  });
}

async function hasSignatures(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [] as string[]);
  return names.some((name) => SIGNATURES.test(name));
}

function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
