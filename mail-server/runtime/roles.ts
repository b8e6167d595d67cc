// The table of roles: which process each is, what it needs, how it stops. Built anew at each start from what is
// embedded and what is given by URL.
import { join } from 'node:path';
import type { PortName } from '../../server/config.ts';
import { CHECKOUT, NODE_BIN } from './checkout.ts';
import type { Unprivileged } from './services/unprivileged.ts';
import { SetupError } from './setup-error.ts';
import type { RoleSpec } from './supervisor/role-spec.ts';

interface Command {
  command: string;
  args: readonly string[];
}

interface ServiceCommand extends Command {
  env?: Readonly<Record<string, string>>;
}

export type Mode = 'start' | 'dev';

const READY_TIMEOUT_MS = 180_000;

/** The entry of each Node role, and the roles that it needs. Those that aren't run here are given by URL. */
const NODE_ROLES: Record<string, { entry: string; needs: readonly string[]; nodeOptions?: readonly string[]; env?: Readonly<Record<string, string>> }> = {
  gateway: { entry: 'mail-server/documentdb-gateway/main.ts', needs: ['postgres'] },
  wildduck: { entry: 'mail-server/wildduck/main.ts', needs: ['gateway', 'valkey'] },
  // Contents pass through: a large young generation would only keep them longer (330 MB resident, against under 200), and
  // each further arena of the C library keeps what signing threads have given back (some 15 MB).
  delivery: { entry: 'server/workers/delivery.ts', needs: ['postgres', 'valkey'], nodeOptions: ['--max-semi-space-size=4'], env: { MALLOC_ARENA_MAX: '2' } },
  scheduler: { entry: 'server/workers/scheduler.ts', needs: ['postgres', 'valkey'] },
  events: { entry: 'server/workers/events.ts', needs: ['postgres'] },
  indexer: { entry: 'server/workers/indexer.ts', needs: ['postgres', 'gateway', 'wildduck'] },
  inbound: { entry: 'mail-server/inbound/main.ts', needs: ['postgres', 'wildduck'] },
  submission: { entry: 'mail-server/submission/main.ts', needs: ['postgres', 'wildduck'] },
};

/** Which role opens each public port. */
export const PORT_ROLES: Record<PortName, string> = {
  web: 'web',
  mx: 'inbound',
  submission: 'submission',
  submissions: 'submission',
  imap: 'wildduck',
  imaps: 'wildduck',
  pop3s: 'wildduck',
};

/** The public ports that the chosen roles open. */
export function portsOf({ node, web }: ChosenRoles): PortName[] {
  const names = Object.keys(PORT_ROLES) as PortName[];
  return names.filter((name) => (PORT_ROLES[name] === 'web' ? web : node.includes(PORT_ROLES[name])));
}

export interface ChosenRoles {
  node: string[];
  web: boolean;
}

/**
 * The Node roles to run here: those named in `EIDER_ROLES` (comma-separated; all when unset), so that a further machine
 * can run, say, only `delivery` against the same services.
 * @throws SetupError naming an unknown one
 */
export function selectRoles(text: string | undefined): ChosenRoles {
  const known = [...Object.keys(NODE_ROLES), 'web'];
  const wanted = (text ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown) throw new SetupError(`EIDER_ROLES: no role "${unknown}"; there are ${known.join(', ')}`);
  const chosen = wanted.length > 0 ? known.filter((name) => wanted.includes(name)) : known;
  return { node: chosen.filter((name) => name !== 'web'), web: chosen.includes('web') };
}

/** A service that is no program of ours, run without privileges. */
export function serviceRole(
  role: 'postgres' | 'valkey' | 'rspamd' | 'clamd',
  service: ServiceCommand,
  runAs: Unprivileged,
  ready: () => Promise<boolean>,
): RoleSpec {
  // PostgreSQL's SIGTERM waits for clients to leave; SIGINT is its orderly quick stop.
  const stopSignal = role === 'postgres' ? 'SIGINT' : 'SIGTERM';
  // Bound inside the wrapper: changing credentials would undo it.
  const bound = boundToUs(service, stopSignal);
  return {
    role,
    ...runAs.wrap(bound.command, bound.args),
    env: { ...serviceEnvironment(), ...service.env },
    cwd: '/',
    ready,
    readyTimeoutMs: role === 'postgres' ? 600_000 : READY_TIMEOUT_MS,
    needs: role === 'rspamd' ? ['valkey'] : [],
    stopSignal,
    stopTimeoutMs: role === 'postgres' ? 60_000 : 10_000,
    optional: role === 'rspamd' || role === 'clamd',
  };
}

/** One of our own Node programs; in `dev` it starts again when its sources change. */
export function nodeRole(role: string, env: NodeJS.ProcessEnv, mode: Mode): RoleSpec {
  const entry = NODE_ROLES[role];
  if (!entry) throw new Error(`no role ${role}`);
  const watch = mode === 'dev' ? ['--watch', '--watch-preserve-output'] : [];
  return {
    role,
    ...boundToUs({ command: process.execPath, args: [...(entry.nodeOptions ?? []), ...watch, join(CHECKOUT, entry.entry)] }, 'SIGTERM'),
    env: { ...env, ...entry.env, EIDER_ROLE: role },
    cwd: CHECKOUT,
    ready: 'ipc',
    readyTimeoutMs: READY_TIMEOUT_MS,
    needs: entry.needs,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    optional: false,
  };
}

/** @param build folder of the standalone build; null: Next's development server */
export function webRole(
  build: string | null,
  options: { env: NodeJS.ProcessEnv; bind: string; port: number; ready: () => Promise<boolean> },
): RoleSpec {
  const listen = ['--hostname', options.bind, '--port', String(options.port)];
  const command = build
    ? { command: process.execPath, args: [join(build, 'server.js')] }
    : { command: process.execPath, args: [join(NODE_BIN, 'next'), 'dev', ...listen] };
  return {
    role: 'web',
    ...boundToUs(command, 'SIGTERM'),
    env: {
      ...options.env,
      EIDER_ROLE: 'web',
      NODE_ENV: build ? 'production' : 'development',
      NEXT_TELEMETRY_DISABLED: '1',
      HOSTNAME: options.bind,
      PORT: String(options.port),
    },
    cwd: build ?? CHECKOUT,
    ready: options.ready,
    readyTimeoutMs: READY_TIMEOUT_MS,
    needs: ['postgres', 'wildduck'],
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    optional: false,
  };
}

/** Lets the kernel stop the process when the supervisor dies, however it dies. */
function boundToUs({ command, args }: Command, signal: RoleSpec['stopSignal']): { command: string; args: string[] } {
  return { command: 'setpriv', args: ['--pdeathsig', signal.slice(3), '--', command, ...args] };
}

/** Services get nothing of our environment that they don't need: it may hold URLs with passwords. */
function serviceEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  return { PATH, TMPDIR, HOME: '/', LC_ALL: 'C.UTF-8', TZ: 'UTC' } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;
}
