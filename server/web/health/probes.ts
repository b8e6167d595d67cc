// Asks each part of the installation whether it works. A probe really uses its part, briefly; what it says is fit
// for anybody (no addresses, no secrets, no versions).
import { connect } from 'node:net';
import { request } from 'node:http';
import type { PressureState } from '../../delivery/pressure.ts';
import { clamdAddress } from '../../infra/clamd/virus-scanner.ts';
import type { Health } from '../contract/health.ts';
import type { Services } from '../services.ts';
import { readIndexStates, type IndexState } from './index-state.store.ts';

type Component = Health['components'][string];

const TIMEOUT_MS = 2_000;

const ok = (detail = 'works'): Component => ({ status: 'ok', detail });
const down = (detail: string): Component => ({ status: 'down', detail });
const degraded = (detail: string): Component => ({ status: 'degraded', detail });

/** Parts without which mail cannot be received, read or sent: any of them down makes the whole answer 503. */
const NEEDED = new Set(['database', 'documentdb', 'redis', 'wildduck', 'inbound', 'submission', 'delivery', 'gateway']);

interface Probe {
  name: string;
  run: (services: Services) => Promise<Component>;
}

const PROBES: Probe[] = [
  { name: 'database', run: async ({ pool }) => (await pool.query('SELECT 1'), ok()) },
  { name: 'redis', run: async ({ redis }) => ((await redis.ping()) === 'PONG' ? ok() : down('an unexpected answer')) },
  // A look-up of a user that cannot exist: WildDuck has to ask its database to say so.
  { name: 'wildduck', run: async ({ wildduck }) => (await wildduck.getUser('0'.repeat(24)), ok()) },
  { name: 'inbound', run: ({ config }) => smtpGreeting(reachable(config.bind), config.ports.mx) },
  { name: 'submission', run: ({ config }) => smtpGreeting(reachable(config.bind), config.ports.submission) },
  { name: 'index', run: async ({ pool }) => indexComponent(await readIndexStates(pool)) },
  { name: 'sending', run: ({ enqueueDeps }) => Promise.resolve(sending(enqueueDeps.pressure?.state())) },
  { name: 'rspamd', run: ({ config }) => rspamd(config.rspamdUrl) },
  { name: 'clamd', run: ({ config }) => clamd(config.clamdUrl) },
];

/** One round of probes serves everybody who asks within a second, so that asking is no way to load the parts. */
const SHARED_MS = 1_000;
let latest: { at: number; health: Promise<Health> } | null = null;

/** The state of every component, at most a second old. */
export function checkHealth(services: Services): Promise<Health> {
  if (!latest || Date.now() - latest.at > SHARED_MS) latest = { at: Date.now(), health: probeAll(services) };
  return latest.health;
}

/** Every component, each within two seconds, all at once. */
async function probeAll(services: Services): Promise<Health> {
  const entries = await Promise.all(PROBES.map(async (probe) => [probe.name, await bounded(probe.run(services))] as const));
  const components: Health['components'] = Object.fromEntries(entries);
  const wildduck = components['wildduck']!;
  // WildDuck answered from its database, or could not: the only client of that database is the judge of it.
  components['documentdb'] = wildduck.status === 'ok' ? ok() : down('the mail store cannot use it');
  Object.assign(components, await boundedRoles(supervisedRoles(services)));
  return { status: overall(components), components };
}

/** `down` when a needed part is down, `degraded` when anything works with less, else `ok`. */
export function overall(components: Health['components']): Health['status'] {
  const all = Object.entries(components);
  if (all.some(([name, { status }]) => status === 'down' && NEEDED.has(name))) return 'down';
  return all.some(([, { status }]) => status === 'down' || status === 'degraded') ? 'degraded' : 'ok';
}

/** Whether mail to send is taken in. */
function sending(pressure: PressureState | undefined): Component {
  if (pressure?.transactional) return degraded('no mail is taken in for the moment');
  return pressure?.marketing ? degraded('no marketing mail is taken in for the moment') : ok();
}

async function bounded(probe: Promise<Component>): Promise<Component> {
  const late = new Promise<Component>((resolve) => setTimeout(() => resolve(down('no answer in time')), TIMEOUT_MS).unref());
  // The cause is in the part's own log; its message may name hosts.
  return Promise.race([probe.catch(() => down('does not answer')), late]);
}

async function boundedRoles(probe: Promise<Record<string, Component>>): Promise<Record<string, Component>> {
  const late = new Promise<Record<string, Component>>((resolve) => setTimeout(() => resolve({ supervisor: down('no answer in time') }), TIMEOUT_MS).unref());
  return Promise.race([probe.catch(() => ({ supervisor: degraded('does not answer') })), late]);
}

/** The address at which what is bound to `bind` answers on this machine. */
function reachable(bind: string): string {
  return bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind;
}

function smtpGreeting(host: string, port: number): Promise<Component> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.once('error', reject);
    socket.once('data', (line) => {
      const code = line.toString('latin1', 0, 3);
      socket.end('QUIT\r\n');
      resolve(code === '220' ? ok() : degraded(`greets with ${code.replace(/[^0-9]/g, '')}`));
    });
  });
}

function indexComponent(index: IndexState): Component {
  return index.building > 0 ? degraded(`building ${index.building} of ${index.accounts} mailboxes`) : ok();
}

async function rspamd(url: string | undefined): Promise<Component> {
  if (url === undefined) return { status: 'absent', detail: 'mail is accepted and marked unscanned' };
  const response = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  await response?.body?.cancel();
  return response?.ok ? ok() : degraded('does not answer; mail is accepted and marked unscanned');
}

async function clamd(url: string | undefined): Promise<Component> {
  if (url === undefined) return { status: 'absent', detail: 'mail is not scanned for viruses' };
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(clamdAddress(url));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.once('error', reject);
    socket.once('connect', () => socket.write('zPING\0'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString('latin1'));
    });
  }).catch(() => '');
  return answer.startsWith('PONG') ? ok() : degraded('does not answer; mail is not scanned for viruses');
}

interface SupervisedRole {
  role: string;
  state: string;
  optional: boolean;
}

/** Roles that have no port of their own to ask: what their supervisor says. */
async function supervisedRoles({ config }: Services): Promise<Record<string, Component>> {
  if (config.supervisorSocket === undefined) return {};
  const status = JSON.parse(await getOverSocket(config.supervisorSocket, '/status')) as { roles: SupervisedRole[] };
  const wanted = new Set(['delivery', 'scheduler', 'gateway', 'indexer']);
  return Object.fromEntries(
    status.roles
      .filter((entry) => wanted.has(entry.role))
      .map((entry) => [entry.role, entry.state === 'ready' ? ok() : NEEDED.has(entry.role) && !entry.optional ? down(entry.state) : degraded(entry.state)]),
  );
}

function getOverSocket(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, timeout: TIMEOUT_MS }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve(text)).on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout'))).on('error', reject).end();
  });
}
