// Completes package-lock.json after an installation from a registry that lacks the builds for other machines: npm
// leaves those out of the lock file then, and `npm ci` refuses a lock file that lacks an optional package. Run it after
// `npm install`; package-lock.test.ts tells when it is due.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * The optional packages that `packages` (of a lock file) refers to but has no entry for.
 * @returns {{ name: string, version: string, by: string }[]}
 */
export function missingOptionals(packages) {
  return Object.entries(packages).flatMap(([by, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isResolved(packages, by, name))
      .map(([name, version]) => ({ name, version, by })),
  );
}

/** Node's own look-up: beside the package, then in each folder above. */
function isResolved(packages, from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`]) return true;
    if (base === '') return false;
  }
}

/** What npm needs to know of a package in order to leave it out here: its version, and the machines it is for. */
export function entryFor(name, version) {
  const words = name.split(/[-/]/);
  const os = SYSTEMS.filter((system) => words.includes(system) || (system === 'linux' && words.includes('wasm32')));
  // `arm` also where a name says gnueabihf or eabi behind it; WebAssembly is no processor that npm knows.
  const cpu = words.includes('wasm32') ? ['wasm32'] : PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') || words.includes('musleabihf') ? { libc: ['musl'] } : {};
  return { version, optional: true, ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }), ...libc };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = process.argv[2] ?? 'package-lock.json';
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingOptionals(lock.packages);
  for (const { name, version } of missing) lock.packages[`node_modules/${name}`] = entryFor(name, version);
  const [root, ...others] = Object.entries(lock.packages);
  lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
  if (missing.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} entries added`);
}
