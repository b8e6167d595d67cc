// A whole mail server for protocol tests: Valkey, the MongoDB front, WildDuck, MX and submission as the
// processes that they are in production, on free ports, on the test run's PostgreSQL. Rspamd and clamd are
// added where a test asks for them.
import { fork, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../test/product/free-ports.ts';
import { secretBoxFromFile, type SecretBox } from '../../server/infra/crypto/secret-box.ts';
import { createDomain } from '../../server/domains/create-domain.ts';
import { createWildduckClient, type WildduckClient } from '../../server/infra/wildduck/client.ts';
import { ensurePrefix } from '../runtime/prefix/ensure-prefix.ts';
import { ensureCertificate, ensureSecrets } from '../runtime/secrets.ts';
import { answersHttp, prepareRspamd } from '../runtime/services/rspamd.ts';
import { answersPing, prepareValkey } from '../runtime/services/valkey.ts';
import { unprivileged, type Unprivileged } from '../runtime/services/unprivileged.ts';
import { SERVER_VARIABLE, testDatabase, type TestDatabase } from '../runtime/testing/test-database.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

export interface TestAccount {
  address: string;
  password: string;
  userId: string;
}

export interface MailStack {
  home: string;
  ports: Record<'mx' | 'submission' | 'submissions' | 'imap' | 'imaps' | 'pop3s', number>;
  database: TestDatabase;
  /** Opens the stored secrets, e.g. DKIM keys. */
  secretBox: SecretBox;
  wildduck: WildduckClient;
  /** The environment of every role, for starting one more. */
  env: Record<string, string>;
  /** Makes an account of the hosted domain `eider.test`, in WildDuck and in ours. */
  account(name: string, options?: { quotaBytes?: number; role?: 'admin' | 'user' }): Promise<TestAccount>;
  /** Ends one role as SIGKILL does. */
  kill(role: Role): Promise<void>;
  /** Ends it as the supervisor does, and waits for the end. */
  end(role: Role): Promise<void>;
  start(role: Role, env?: Record<string, string>): Promise<void>;
  /** Ends Valkey as SIGKILL does, and starts it again on what it had written. */
  killValkey(): Promise<void>;
  stop(): Promise<void>;
}

export type Role = 'gateway' | 'wildduck' | 'inbound' | 'submission' | 'delivery' | 'events';

const ENTRIES: Record<Role, string> = {
  gateway: 'mail-server/documentdb-gateway/main.ts',
  wildduck: 'mail-server/wildduck/main.ts',
  inbound: 'mail-server/inbound/main.ts',
  submission: 'mail-server/submission/main.ts',
  // Not started with the others: most tests look at what stands in the queue.
  delivery: 'server/workers/delivery.ts',
  events: 'server/workers/events.ts',
};

/**
 * Starts everything; some seconds.
 * @param extra environment on top, e.g. CLAMD_URL
 * @param withRspamd starts the embedded rspamd too
 */
export async function startMailStack(extra: Record<string, string> = {}, withRspamd = false): Promise<MailStack> {
  const home = mkdtempSync(join(tmpdir(), 'eider-mail-'));
  const database = await testDatabase();
  const programs = await ensurePrefix();
  const secrets = ensureSecrets(join(home, 'secrets'));
  const certificate = await ensureCertificate(home, 'mail.eider.test', 'openssl');
  const names = ['mx', 'submission', 'submissions', 'imap', 'imaps', 'pop3s', 'web', 'api', 'lmtp', 'valkey', 'rspamd'] as const;
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, free[index]!])) as Record<(typeof names)[number], number>;
  const runAs = unprivileged([home, programs.root]);
  const valkey = await prepareValkey(programs, join(home, 'valkey'), runAs, { port: ports.valkey, password: secrets.valkeyPassword });
  const documentdb = new URL(process.env[SERVER_VARIABLE]!);
  documentdb.pathname = '/documentdb';
  const socket = join(home, 'mongo', 'gateway.sock');
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '', HOME: home, EIDER_HOME: home, EIDER_HOSTNAME: 'mail.eider.test',
    EIDER_PORT_WEB: String(ports.web), EIDER_PORT_MX: String(ports.mx), EIDER_PORT_SUBMISSION: String(ports.submission),
    EIDER_PORT_SUBMISSIONS: String(ports.submissions), EIDER_PORT_IMAP: String(ports.imap), EIDER_PORT_IMAPS: String(ports.imaps),
    EIDER_PORT_POP3S: String(ports.pop3s),
    DATABASE_URL: database.url, DOCUMENTDB_URL: documentdb.href, REDIS_URL: valkey.url, EIDER_GATEWAY_SOCKET: socket,
    MONGO_URL: `mongodb://${encodeURIComponent(socket)}/wildduck_${process.pid}`,
    WILDDUCK_API_URL: `http://127.0.0.1:${ports.api}`, WILDDUCK_LMTP: `127.0.0.1:${ports.lmtp}`,
    WILDDUCK_API_TOKEN_FILE: secrets.wildduckApiTokenFile, EIDER_SECRET_KEY_FILE: secrets.secretKeyFile,
    EIDER_FEEDBACK_KEYS_FILE: secrets.feedbackKeysFile,
    EIDER_TLS_CERT: certificate.certFile, EIDER_TLS_KEY: certificate.keyFile,
    // No test may ask the machine's resolver: nothing answers here, at once.
    DNS_SERVERS: '127.0.0.1:1',
    ...extra,
  };
  const running = new Map<string, ChildProcess>();
  const wildduck = createWildduckClient({ baseUrl: env['WILDDUCK_API_URL']!, accessToken: readFileSync(secrets.wildduckApiTokenFile, 'utf8').trim() });
  const { rows } = await database.pool.query<{ id: string }>(`INSERT INTO tenant (slug, name) VALUES ('eider', 'Eider') RETURNING id`);
  const tenantId = rows[0]!.id;
  const secretBox = secretBoxFromFile(secrets.secretKeyFile);
  await createDomain(database.pool, secretBox, { tenantId, name: 'eider.test' });

  const stack: MailStack = {
    home, ports, database, secretBox, wildduck, env,
    async account(name, { role = 'user', ...options } = {}) {
      const address = `${name}@eider.test`;
      const password = `${name}-long-password-1`;
      const made = await wildduck.createUser({ username: address, password, address, ...options });
      if (made.kind !== 'created') throw new Error(`${address} exists`);
      await database.pool.query(
        'INSERT INTO account (tenant_id, wildduck_user_id, address, role) VALUES ($1, $2, $3, $4)',
        [tenantId, made.userId, address, role],
      );
      return { address, password, userId: made.userId };
    },
    async kill(role) {
      await end(running.get(role), 'SIGKILL');
      running.delete(role);
    },
    async end(role) {
      await end(running.get(role), 'SIGTERM');
      running.delete(role);
    },
    async start(role, more = {}) {
      running.set(role, await startRole(role, { ...env, ...more }, home));
    },
    async killValkey() {
      await end(running.get('valkey'), 'SIGKILL');
      running.set('valkey', await startService(runAs, valkey, join(home, 'valkey.log'), () => answersPing(valkey.url)));
    },
    async stop() {
      for (const role of ['delivery', 'events', 'submission', 'inbound', 'wildduck', 'gateway', 'rspamd', 'valkey']) await end(running.get(role), 'SIGTERM');
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  try {
    mkdirSync(join(home, 'mongo'), { mode: 0o700 });
    running.set('valkey', await startService(runAs, valkey, join(home, 'valkey.log'), () => answersPing(valkey.url)));
    if (withRspamd) {
      const options = { port: ports.rspamd, redisUrl: valkey.url, dns: false, dnsServers: [] };
      const rspamd = await prepareRspamd(programs, join(home, 'rspamd'), runAs, options);
      running.set('rspamd', await startService(runAs, rspamd, join(home, 'rspamd.log'), () => answersHttp(`${rspamd.url}/ping`)));
      env['RSPAMD_URL'] = rspamd.url;
      env['RSPAMD_CONTROLLER_URL'] = rspamd.controllerUrl;
    }
    for (const role of ['gateway', 'wildduck', 'inbound', 'submission'] as const) await stack.start(role);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

/** Starts a program that is not ours, bound to this process's life, and waits until it answers. */
async function startService(
  runAs: Unprivileged, { command, args }: { command: string; args: readonly string[] }, logFile: string, answers: () => Promise<boolean>,
): Promise<ChildProcess> {
  const log = openSync(logFile, 'a');
  const bound = runAs.wrap('setpriv', ['--pdeathsig', 'TERM', '--', command, ...args]);
  const child = spawn(bound.command, bound.args, { stdio: ['ignore', log, log] });
  const deadline = Date.now() + 60_000;
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${command} does not answer:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    await sleep(50);
  }
  return child;
}

function startRole(role: Role, env: Record<string, string>, home: string): Promise<ChildProcess> {
  const log = openSync(join(home, `${role}.log`), 'a');
  const child = fork(join(CHECKOUT, ENTRIES[role]), { env: env as NodeJS.ProcessEnv, cwd: CHECKOUT, stdio: ['ignore', log, log, 'ipc'] as StdioOptions, execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`${role} ended with ${code}:\n${readFileSync(join(home, `${role}.log`), 'utf8').slice(-2000)}`)));
  });
}

function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
