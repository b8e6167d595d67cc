// Fetches the packages of the prefix with the machine's own apt, from the machine's own mirror, without touching the
// machine's apt state: own configuration, own lists, own status file. Needs no root.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import { SetupError } from '../setup-error.ts';
import { PACKAGES, statusFile, SUITE } from './recipe.ts';

/** The releases of Debian whose mirrors carry testing too; not their security or updates parts, nor backports. */
const SUITES = new Set(['bookworm', 'trixie', 'forky', 'sid', 'oldstable', 'stable', 'testing', 'unstable']);

const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Debian's mirror among what `apt-get update --print-uris` lists: `'<mirror>/dists/<suite>/<file>' …`. The lists
 * themselves needn't be there, as they aren't on a fresh machine.
 */
export function pickMirror(printedUris: string): string | null {
  for (const [, mirror, suite] of printedUris.matchAll(/^'([^']+?)\/+dists\/([^/']+)\/[^']+'/gm)) {
    if (mirror && suite && SUITES.has(suite) && !mirror.includes('security')) return mirror;
  }
  return null;
}

/** The machine's Debian architecture, such as `amd64`. */
export async function machineArchitecture(): Promise<string> {
  return (await runProgram('dpkg', ['--print-architecture'])).trim();
}

/**
 * The machine's own mirror of Debian.
 * @throws SetupError when the machine isn't Debian, or has no source of it
 */
export async function machineMirror(): Promise<string> {
  const ownServices = 'or set DATABASE_URL, MONGO_URL, REDIS_URL and RSPAMD_URL to services of your own';
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID="?debian"?$/m.test(release)) {
    throw new SetupError(`the embedded services are Debian packages, and this is another system: use Debian 12 or newer, ${ownServices}`);
  }
  const mirror = pickMirror(await runProgram('apt-get', ['update', '--print-uris']));
  if (!mirror) throw new SetupError(`apt has no source of Debian: add one to /etc/apt/sources.list.d, ${ownServices}`);
  return mirror;
}

/**
 * Downloads the closure of the recipe into `folder`/archives. What is already there and whole isn't fetched again.
 * @returns the paths of the package files
 */
export async function downloadPackages(folder: string, mirror: string, architecture: string): Promise<string[]> {
  const configuration = await writeConfiguration(folder, mirror, architecture);
  const env = { ...process.env, APT_CONFIG: configuration, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '-qq'], { env });
  await runProgram('apt-get', ['install', '--download-only', '--yes', '-qq', ...PACKAGES], { env });
  const listing = { ...env, APT_CONFIG: await withEmptyArchives(folder, configuration) };
  const wanted = parsePrintedUris(await runProgram('apt-get', ['install', '--print-uris', '--yes', '-qq', ...PACKAGES], { env: listing }));
  const archives = join(folder, 'archives');
  const present = new Set(await readdir(archives));
  const missing = wanted.filter((name) => !present.has(name));
  if (wanted.length === 0 || missing.length > 0) {
    throw new SetupError(`apt-get left packages out: ${missing.slice(0, 3).join(', ') || 'none listed'}`);
  }
  return wanted.map((name) => join(archives, name));
}

/** File names of the lines `'uri' name size hash` that `--print-uris` prints. */
export function parsePrintedUris(text: string): string[] {
  return [...text.matchAll(/^'[^']+' (\S+\.deb) \d+/gm)].map((match) => match[1] ?? '');
}

const HOOKS = [
  'DPkg::Pre-Invoke',
  'DPkg::Post-Invoke',
  'APT::Update::Pre-Invoke',
  'APT::Update::Post-Invoke',
  'APT::Update::Post-Invoke-Success',
  'APT::Architectures',
];

async function writeConfiguration(folder: string, mirror: string, architecture: string): Promise<string> {
  const path = (name: string) => join(folder, name);
  for (const name of ['empty', 'lists/partial', 'archives/partial']) await mkdir(path(name), { recursive: true });
  const signedBy = existsSync(DEBIAN_KEYRING) ? `Signed-By: ${DEBIAN_KEYRING}\n` : '';
  await writeFile(path('source.sources'), `Types: deb\nURIs: ${mirror}\nSuites: ${SUITE}\nComponents: main\n${signedBy}`);
  await writeFile(path('status'), statusFile(architecture));
  const settings: Record<string, string> = {
    'Dir::Etc::sourcelist': path('source.sources'),
    'Dir::Etc::sourceparts': path('empty'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': path('empty'),
    'Dir::State': folder,
    'Dir::State::lists': path('lists'),
    'Dir::State::status': path('status'),
    'Dir::State::extended_states': path('extended_states'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': path('archives'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Install-Recommends': 'false',
    // As root, apt fetches as the user _apt, who need not be able to reach a cache under /root.
    'APT::Sandbox::User': '',
    'Debug::NoLocking': 'true',
    'Binary::apt-get::APT::Keep-Downloaded-Packages': 'true',
    'APT::Keep-Downloaded-Packages': 'true',
  };
  // Cleared first: the machine's own hooks are for the machine's own package state.
  const lines = [...HOOKS.map((name) => `#clear ${name};`), ...Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};`)];
  await writeFile(path('apt.conf'), `${lines.join('\n')}\n`);
  return path('apt.conf');
}

/** `--print-uris` lists only what is still to be fetched: a second archive folder, empty, makes it list everything. */
async function withEmptyArchives(folder: string, configuration: string): Promise<string> {
  await mkdir(join(folder, 'no-archives/partial'), { recursive: true });
  const text = await readFile(configuration, 'utf8');
  const other = `${configuration}.list`;
  await writeFile(other, `${text}Dir::Cache::archives ${JSON.stringify(join(folder, 'no-archives'))};\n`);
  return other;
}
