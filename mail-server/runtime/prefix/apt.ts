// Fetches the packages of the prefix with the machine's own apt, from the machine's own mirror, without touching the
// machine's apt state: own configuration, own lists, own status file. Needs no root.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import { SetupError } from '../setup-error.ts';
import { PACKAGES, statusFile, SUITE } from './recipe.ts';

export interface Mirror {
  uri: string;
  /** Key file or fingerprint that the machine trusts for it; empty: apt's trusted keys. */
  signedBy: string;
}

const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Picks Debian's mirror from what `apt-get indextargets` lists (deb822 stanzas): the first source of the release
 * itself with the component main, neither security nor updates nor backports, which live elsewhere or lack suites.
 */
export function pickMirror(indexTargets: string): Mirror | null {
  for (const stanza of indexTargets.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(stanza)?.[1]?.trim() ?? '';
    const release = field('Release');
    const isDebian = field('Origin') === 'Debian' || field('Label') === 'Debian' || /\/debian\/?$/.test(field('Repo-URI'));
    if (!isDebian || field('Component') !== 'main' || /[-/]/.test(release)) continue;
    const uri = field('Repo-URI').replace(/\/+$/, '');
    if (uri) return { uri, signedBy: field('Signed-By') };
  }
  return null;
}

/** The machine's Debian architecture, such as `amd64`. */
export async function machineArchitecture(): Promise<string> {
  return (await runProgram('dpkg', ['--print-architecture'])).trim();
}

/** @throws SetupError when the machine has no apt source of Debian */
export async function machineMirror(): Promise<Mirror> {
  const mirror = pickMirror(await runProgram('apt-get', ['indextargets', 'Created-By: Packages']));
  if (mirror) return mirror;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (/^ID=debian$/m.test(release)) return { uri: 'http://deb.debian.org/debian', signedBy: DEBIAN_KEYRING };
  throw new SetupError(
    'the embedded services come from Debian packages, and this machine has no Debian source in its apt configuration; ' +
      'use Debian 12 or newer, or set DATABASE_URL, MONGO_URL, REDIS_URL and RSPAMD_URL to services of your own',
  );
}

/**
 * Downloads the closure of the recipe into `folder`/archives. What is already there and whole isn't fetched again.
 * @returns the paths of the package files
 */
export async function downloadPackages(folder: string, mirror: Mirror, architecture: string): Promise<string[]> {
  const configuration = await writeConfiguration(folder, mirror, architecture);
  const env = { ...process.env, APT_CONFIG: configuration, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '-qq'], { env });
  await runProgram('apt-get', ['install', '--download-only', '--yes', '-qq', ...PACKAGES], { env });
  const wanted = parsePrintedUris(await runProgram('apt-get', ['install', '--print-uris', '--reinstall', '--yes', '-qq', ...PACKAGES], { env: { ...env, APT_CONFIG: await withEmptyArchives(folder, configuration) } }));
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

async function writeConfiguration(folder: string, mirror: Mirror, architecture: string): Promise<string> {
  const path = (name: string) => join(folder, name);
  for (const name of ['empty', 'lists/partial', 'archives/partial']) await mkdir(path(name), { recursive: true });
  const signedBy = mirror.signedBy ? `Signed-By: ${mirror.signedBy}\n` : '';
  await writeFile(path('source.sources'), `Types: deb\nURIs: ${mirror.uri}\nSuites: ${SUITE}\nComponents: main\n${signedBy}`);
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
  const hooks = ['DPkg::Post-Invoke', 'DPkg::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success', 'APT::Update::Pre-Invoke', 'APT::Architectures'];
  const lines = [...hooks.map((name) => `#clear ${name};`), ...Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};`)];
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
