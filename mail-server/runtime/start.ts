// `npm start` and `npm run dev`, once Node and the dependencies are there: sets everything up, runs all roles, and
// stays until it is told to stop. The steps stand here in order; how each works stands in its own file.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig, PORTS, type Config } from '../../server/config.ts';
import { ensurePrismaClient } from './build/prisma-client.ts';
import { ensureWebBuild, keepInUse } from './build/web-build.ts';
import { MIGRATIONS } from './checkout.ts';
import { childrenEnvironment, saveEnvironment } from './children-environment.ts';
import { needsPrefix, prepareServices, type Services } from './embedded-services.ts';
import { lockFile, noteHolder, readHolder } from './file-lock.ts';
import { ensureFirstRun, fillDemo } from './first-run.ts';
import { homePaths, type HomePaths } from './home-paths.ts';
import { internalPorts, isPortFree } from './internal-ports.ts';
import { applyMigrations } from './migrations/apply-migrations.ts';
import { ensurePrefix } from './prefix/ensure-prefix.ts';
import { progress, type Progress } from './progress.ts';
import { nodeRole, portsOf, selectRoles, webRole, type ChosenRoles, type Mode } from './roles.ts';
import { ensureCertificate, ensureSecrets } from './secrets.ts';
import { ensureDatabase, ensureDocumentdb } from './services/databases.ts';
import { answersHttp } from './services/rspamd.ts';
import { SetupError } from './setup-error.ts';
import { endLeftovers } from './supervisor/process-record.ts';
import { RoleFailure } from './supervisor/role-process.ts';
import type { RoleSpec } from './supervisor/role-spec.ts';
import { serveMetricsPage } from './supervisor/metrics-server.ts';
import { serveStatus } from './supervisor/status-server.ts';
import { Supervisor } from './supervisor/supervisor.ts';

const startedAt = new Date();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { demo: { type: 'boolean', default: false } } });
  const mode: Mode = positionals[0] === 'dev' ? 'dev' : 'start';
  const show = progress();
  const config = loadConfig();
  const paths = homePaths(config.home);
  await takeLock(paths.lock, config);
  const leftovers = await endLeftovers(paths.processRecord);
  if (leftovers.length > 0) show.say(`  ended what a killed supervisor had left: ${leftovers.join(', ')}`);
  const roles = selectRoles(process.env['EIDER_ROLES']);
  await refuseTakenPorts(config, roles);

  const stopping = new AbortController();
  const supervisor = new Supervisor({
    logFolder: paths.logs,
    recordFile: paths.processRecord,
    onDeath: (role, reason, delayMs) => show.say(`  ! ${role} ${reason}; again in ${(delayMs / 1000).toFixed(1)} s`),
  });
  onStopRequest(() => stopping.abort());
  stopping.signal.addEventListener('abort', () => void stopAll(supervisor, show));
  try {
    await bringUp({ mode, roles, demo: values.demo, show, config, paths, supervisor });
  } catch (error) {
    if (stopping.signal.aborted) return;
    await supervisor.stop();
    throw error;
  }
}

interface Run {
  mode: Mode;
  roles: ChosenRoles;
  demo: boolean;
  show: Progress;
  config: Config;
  paths: HomePaths;
  supervisor: Supervisor;
}

async function bringUp(run: Run): Promise<void> {
  const { mode, roles, show, config, paths, supervisor } = run;
  const programs = needsPrefix(config) ? await show.step('embedded services', (detail) => ensurePrefix(detail)) : null;
  const { secrets, certificate } = await show.step('keys and certificate', async () => ({
    secrets: ensureSecrets(paths.secrets),
    certificate:
      config.tlsCertFile && config.tlsKeyFile
        ? { certFile: config.tlsCertFile, keyFile: config.tlsKeyFile }
        : await ensureCertificate(paths.secrets, config.hostname, programs?.openssl ?? 'openssl'),
  }));
  const ports = await internalPorts(paths.internalPorts, Object.values(config.ports));
  const services = await prepareServices({ config, paths, ports, valkeyPassword: secrets.valkeyPassword, programs });
  const env = childrenEnvironment({ config, paths, ports, secrets, certificate, services });
  saveEnvironment(paths.environment, env);
  await serveStatus(paths.supervisorSocket, () => ({
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    home: config.home,
    url: config.publicUrl,
    roles: supervisor.status(),
    absent: services.absent,
    external: services.external,
  }));
  await openMetrics(config.metricsPort ?? ports.metrics, paths, supervisor);
  await show.step('services', () => supervisor.start(services.specs));
  await show.step('databases', (detail) => migrate(services, detail));
  await show.step('database client', (detail) => ensurePrismaClient().then((made) => detail(made ? 'generated' : '')));
  const node = roles.node.filter((role) => role !== 'gateway' || services.gateway);
  // The web build and the mail server come up side by side: the one computes while the other waits for its disk.
  const mail = show.step('mail server', () => supervisor.start(node.map((role) => nodeRole(role, env, mode))));
  const builds = roles.web && mode === 'start';
  const build = builds ? show.step('web build', (detail) => ensureWebBuild(() => detail('built anew'))) : Promise.resolve(null);
  const [folder] = await Promise.all([build, mail]);
  if (folder) keepInUse(folder);
  if (node.includes('wildduck')) await show.step('first accounts', (detail) => ensureFirstRun(env, paths.firstRun, detail));
  if (roles.web) await show.step('web', () => supervisor.start([webRoleHere(config, env, folder)]));
  if (run.demo) await show.step('demo mailbox', (detail) => fillDemo(env, detail));
  announce(run, services, config.metricsPort ?? ports.metrics);
}

async function openMetrics(port: number, paths: HomePaths, supervisor: Supervisor): Promise<void> {
  try {
    await serveMetricsPage(port, paths.run, () => supervisor.status());
  } catch (error) {
    throw new SetupError(`port ${port} (metrics) cannot be opened on 127.0.0.1 (${(error as Error).message}): free it, or set EIDER_PORT_METRICS`);
  }
}

function webRoleHere(config: Config, env: NodeJS.ProcessEnv, build: string | null): RoleSpec {
  const host = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind === '::' ? '[::1]' : config.bind;
  const health = `http://${host}:${config.ports.web}/api/health`;
  return webRole(build, { env, bind: config.bind, port: config.ports.web, ready: () => answersHttp(health) });
}

async function migrate(services: Services, detail: (text: string) => void): Promise<void> {
  const embedded = services.embeddedPostgres;
  if (embedded) {
    await ensureDocumentdb({ admin: embedded.admin, documentdb: embedded.documentdb });
    await ensureDatabase(embedded.admin, 'eider');
  }
  const applied = await applyMigrations(services.databaseUrl, MIGRATIONS);
  detail(applied.length > 0 ? `${applied.length} migrations applied` : '');
}

function announce({ config, roles, paths, show }: Run, services: Services, metricsPort: number): void {
  const lines = portsOf(roles).map((name) => `    ${String(config.ports[name]).padStart(5)}  ${PORTS[name].what}`);
  show.say('');
  show.say(`Eider is ready at ${config.publicUrl} (${((Date.now() - startedAt.getTime()) / 1000).toFixed(1)} s)`);
  if (existsSync(paths.firstRun)) show.say(`  First accounts and passwords: ${paths.firstRun}`);
  if (lines.length > 0) show.say(`  Ports on ${config.bind}:\n${lines.join('\n')}`);
  for (const { role, reason } of services.absent) show.say(`  Without ${role}: ${reason}`);
  show.say(`  Metrics: http://127.0.0.1:${metricsPort}/metrics`);
  show.say(`  Logs: ${paths.logs}   Ctrl-C stops everything`);
}

async function takeLock(path: string, config: Config): Promise<void> {
  const lock = await lockFile(path, { wait: false });
  if (!lock) throw new SetupError(`Eider is already running in ${config.home} (${readHolder(path) || 'starting'})`);
  noteHolder(path, `pid ${process.pid}, ${config.publicUrl}`);
}

async function refuseTakenPorts(config: Config, roles: ChosenRoles): Promise<void> {
  for (const name of portsOf(roles)) {
    const entry = PORTS[name];
    const port = config.ports[name];
    if (!(await isPortFree(port, config.bind))) {
      throw new SetupError(`port ${port} (${entry.what}) is taken on ${config.bind}: free it, or set ${entry.variable}`);
    }
  }
}

/** Signals, and the end of whoever started us: bootstrap.mjs keeps a channel open for as long as it lives. */
function onStopRequest(stop: () => void): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  process.on('disconnect', stop);
}

async function stopAll(supervisor: Supervisor, show: Progress): Promise<void> {
  const from = Date.now();
  show.say('\nstopping');
  await supervisor.stop((role) => show.say(`  ${role} stopped`));
  show.say(`stopped in ${((Date.now() - from) / 1000).toFixed(1)} s`);
  process.exit(0);
}

main().catch((error: Error) => {
  const expected = error instanceof SetupError || error instanceof ConfigError || error instanceof RoleFailure;
  process.stderr.write(`eider: ${expected ? error.message : (error.stack ?? error.message)}\n`);
  process.exit(1);
});
