// Runs WildDuck's own test suites (they ship in its package) against the MongoDB front and prints what failed.
// Works on a copy of the package, whose fixed ports are changed; the package itself stays untouched.
// Usage: node bench/gateway/wildduck-suite.ts [api|imap|all] [more mocha options]
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { startBacking } from './backing.ts';
import { leftOutOf } from '../../mail-server/wildduck/index-list.ts';
import { setUpIndexes } from '../../mail-server/wildduck/index-setup.ts';
import { wildduckNodeOptions } from '../../mail-server/wildduck/node-options.ts';
import { wildduckFolder } from './wildduck-process.ts';

const BASE_PORT = Number(process.env['EIDER_BENCH_PORT'] ?? 12040);
const REDIS_PORT = BASE_PORT + 9;
const MODULES = dirname(dirname(wildduckFolder));

/** What WildDuck's suites need beyond its package; kept outside the checkout, since only this script wants it. */
const TEST_PACKAGES = ['mocha@11.8.0', 'chai@4.3.10', 'supertest@7.2.2', 'request@2.88.2', 'ajv@8.20.0', 'mailparser@3.9.26', '@modelcontextprotocol/client@2.0.0'];

interface Failure {
  fullTitle: string;
  err: { message?: string };
}

interface Report {
  stats: { tests: number; passes: number; failures: number; pending: number };
  failures: Failure[];
}

function testPackages(): string {
  const folder = join(homedir(), '.cache', 'eider', 'wildduck-suite');
  if (!existsSync(join(folder, 'node_modules', 'mailparser'))) {
    mkdirSync(folder, { recursive: true });
    execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...TEST_PACKAGES], { stdio: 'inherit' });
  }
  return join(folder, 'node_modules');
}

/** Copies the package and moves its fixed ports and addresses to ours. */
function copyPackage(mongoUrl: string, redisUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'eider-wildduck-suite-'));
  cpSync(wildduckFolder, folder, { recursive: true });
  const ports: Array<[RegExp, number]> = [
    [/\b8080\b/g, BASE_PORT],
    [/\b2424\b/g, BASE_PORT + 1],
    [/\b9993\b/g, BASE_PORT + 2],
    [/\b9995\b/g, BASE_PORT + 3],
    [/\b9998\b/g, BASE_PORT + 4],
  ];
  const files = [
    ...['config/test.toml', 'config/pop3.toml', 'config/api.toml', 'config/imap.toml', 'config/lmtp.toml', 'imap-core/test/prepare.sh', 'imap-core/test/protocol-test.js'],
    ...readdirSync(join(folder, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('-test.js')).map((name) => `test/${name}`),
  ];
  for (const file of files) {
    const path = join(folder, file);
    const text = ports.reduce((content, [from, to]) => content.replace(from, String(to)), readFileSync(path, 'utf8'));
    writeFileSync(path, text.replace('mongodb://127.0.0.1:27017/wildduck-test', mongoUrl).replace('redis://127.0.0.1:6379/13', redisUrl));
  }
  return folder;
}

/** The IMAP suite calls MongoDB's shell: this stands in for it, for scripts that call methods of collections. */
function writeShell(folder: string, mongoUrl: string): string {
  const bin = join(folder, 'suite-bin');
  mkdirSync(bin);
  const script = `#!${process.execPath}
const { MongoClient, ObjectId } = require(${JSON.stringify(join(MODULES, 'mongodb'))});
(async () => {
  const client = await MongoClient.connect(${JSON.stringify(mongoUrl)});
  const store = client.db();
  const names = (await store.listCollections().toArray()).map(({ name }) => name);
  const calls = [];
  const collection = (name) => new Proxy({}, { get: (_, method) => (...args) => calls.push(() => store.collection(name)[method](...args)) });
  const db = new Proxy({}, { get: (_, name) => (name === 'getCollectionNames' ? () => names : collection(name)) });
  new Function('db', 'ObjectId', process.argv[process.argv.indexOf('--eval') + 1])(db, (id) => new ObjectId(id));
  for (const call of calls) await call();
  await client.close();
})();
`;
  writeFileSync(join(bin, 'mongosh'), script);
  chmodSync(join(bin, 'mongosh'), 0o755);
  return bin;
}

async function untilApiAnswers(server: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (server.exitCode !== null) throw new Error('WildDuck did not start');
    const answer = await fetch(`http://127.0.0.1:${BASE_PORT}/users?limit=1`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('WildDuck did not answer in a minute');
}

function runMocha(folder: string, env: NodeJS.ProcessEnv, packages: string, globs: string[]): Report {
  const report = join(folder, `report-${globs.join('-').replace(/\W+/g, '_')}.json`);
  const mocha = join(packages, 'mocha', 'bin', 'mocha.js');
  const options = ['--reporter', 'json', '--reporter-option', `output=${report}`, '--exit', ...process.argv.slice(3)];
  spawnSync(process.execPath, [mocha, ...options, ...globs], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(report)) throw new Error('mocha ended without a report; see its output above');
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
}

const suites: Record<string, string[]> = {
  imap: ['imap-core/test/**/*-test.js'],
  api: ['test/**/*-test.js'],
};

const chosen = process.argv[2] ?? 'all';
const backing = await startBacking(REDIS_PORT);
const mongoUrl = process.env['EIDER_SUITE_MONGO_URL'] ?? backing.mongoUrl('wildduck-test');
const packages = testPackages();
let failed = 0;
for (const [name, globs] of Object.entries(suites)) {
  if (chosen !== 'all' && chosen !== name) continue;
  const client = await MongoClient.connect(mongoUrl);
  await client.db().dropDatabase();
  await client.close();
  const redisUrl = `${backing.redisUrl}/${name === 'imap' ? 1 : 2}`;
  const folder = copyPackage(mongoUrl, redisUrl);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'test' as const,
    NODE_PATH: [MODULES, packages].join(':'),
    PATH: `${writeShell(folder, mongoUrl)}:${process.env['PATH']}`,
  };
  const log = openSync(join(tmpdir(), `eider-wildduck-suite-${name}.log`), 'w');
  // As the product runs it: our list of indexes, and the front inside the process.
  await setUpIndexes({ mongoUrl, redisUrl, leftOut: leftOutOf({ ownFront: !process.env['EIDER_SUITE_MONGO_URL'] }), onFailure: (text) => process.stdout.write(`${text}\n`) });
  const node = wildduckNodeOptions(process.env['EIDER_SUITE_MONGO_URL'] ? {} : backing.gatewayEnv);
  const server = spawn(process.execPath, [...node.args, 'server.js'], { cwd: folder, env: { ...env, ...node.env }, stdio: ['ignore', log, log] });
  server.once('exit', (code, signal) => process.stdout.write(`WildDuck ended: ${signal ?? code}\n`));
  try {
    await untilApiAnswers(server);
    const { stats, failures } = runMocha(folder, env, packages, globs);
    failed += stats.failures;
    process.stdout.write(`${name}: ${stats.passes} of ${stats.tests} passed, ${stats.pending} pending, ${stats.failures} failed\n`);
    for (const failure of failures) process.stdout.write(`  - ${failure.fullTitle}: ${(failure.err.message ?? '').split('\n')[0]}\n`);
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
await backing.stop();
process.stdout.write(`${failed} failed in all\n`);
process.exit(failed > 0 ? 1 : 0);
