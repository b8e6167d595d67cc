// Debian packages that tests need: a browser and standard mail clients for the end-to-end tests, found on PATH or
// installed.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTool } from './run-tool.ts';

/** Program → Debian package. */
const PROGRAMS: Record<string, string> = {
  chromium: 'chromium',
  mbsync: 'isync',
  neomutt: 'neomutt',
  curl: 'curl',
  swaks: 'swaks',
  dovecot: 'dovecot-imapd',
};

/** Fonts have no program: screenshots show boxes without them. */
const FONTS: Record<string, string> = {
  '/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf': 'fonts-noto-core',
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc': 'fonts-noto-cjk',
  '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf': 'fonts-noto-color-emoji',
};

/**
 * Installs what the end-to-end tests miss.
 * @throws Error naming the packages when this user may not install them
 */
export async function installPackages(say: (line: string) => void): Promise<void> {
  const missing = [
    ...Object.entries(PROGRAMS).filter(([program]) => !onPath(program)),
    ...Object.entries(FONTS).filter(([file]) => !readable(file)),
  ].map(([, name]) => name);
  return installMissing(missing, say);
}

/** @throws Error naming the packages when this user may not install them */
export async function installMissing(missing: readonly string[], say: (line: string) => void): Promise<void> {
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`these Debian packages are missing, and only root can install them: apt-get install ${missing.join(' ')}`);
  }
  say(`installing ${missing.join(', ')}`);
  // At runlevel 1 no service is started: a test's servers are its own.
  const options = { cwd: '/', env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, quiet: true };
  const install = () =>
    runTool('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...missing], options);
  // The lists of a fresh machine are absent or old; fetching them first would cost every later run.
  let result = await install();
  if (result.exitCode !== 0) {
    await runTool('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], options);
    result = await install();
  }
  if (result.exitCode !== 0) throw new Error(`apt-get install ${missing.join(' ')} failed:\n${result.output.slice(-2000)}`);
}

/** Whether a program can be run by its bare name. */
export function onPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return folders.some((folder) => folder !== '' && readable(join(folder, program), constants.X_OK));
}

function readable(file: string, mode: number = constants.R_OK): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
