// `eider egress …`: the addresses that mail goes out from, their pools, who uses which, and their warm-up.
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  addAddress, addPool, addressIdOf, assignPool, type Changed, pauseAddress, removePool, resumeAddress, retireAddress, setMembership, setOverflow, setWarmup,
} from '../delivery/egress/egress-admin.store.ts';
import { listEgress, listEgressEvents, listPools, listUsedDays } from '../delivery/egress/egress-view.store.ts';
import { parseSchedule, type WarmupSchedule } from '../delivery/egress/warmup-schedule.ts';
import { readWarmups } from '../delivery/egress/warmup.store.ts';
import type { Lane } from '../delivery/enqueue-types.ts';
import { parseDomain } from '../mail/address.ts';
import { type Connection, withConnection } from './connection.ts';
import { addressTable, poolTable, warmupReport } from './egress-view.ts';
import { noteOrder } from './note-order.ts';
import { Refusal } from './refusal.ts';
import { requireTenant } from './tenant.ts';

const LANES: readonly Lane[] = ['transactional', 'marketing'];

export function addEgress(program: Command): void {
  const egress = program.command('egress').description('addresses that mail goes out from');
  addAddressCommands(egress);
  addPoolCommands(egress);
  addAssign(egress);
  addWarmup(egress);
}

function addAddressCommands(egress: Command): void {
  egress
    .command('list')
    .description('show every address with its pools and state')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const rows = await withConnection(({ pool }) => listEgress(pool));
      write(options.json, rows, () => (rows.length > 0 ? addressTable(rows) : 'no addresses: all mail goes out by the one that the system takes\n'));
    });
  egress
    .command('add')
    .description('add an address; its warm-up begins')
    .argument('<name>', 'a short name: a-z, 0-9 and hyphens', parseName)
    .requiredOption('--pool <name>', 'the pool that it joins')
    .requiredOption('--ehlo <host>', 'the name that it greets with; its A or AAAA record should be the address')
    .option('--address <ip>', 'the local address that connections are bound to (default: whichever the system takes)', parseIp)
    .option('--weight <number>', 'its share of the pool', parseWeight, 1)
    .option('--warmed', 'it has sent before: no warm-up')
    .option('--schedule <caps...>', 'caps a day by stage: 50,100,500 for all providers, or google=50,100,500')
    .action(async (name: string, options: AddOptions) => {
      const ehloName = parseDomain(options.ehlo);
      if (ehloName === null) throw new Refusal(`--ehlo: "${options.ehlo}" is no host name`);
      const schedule = options.schedule ? readSchedule(options.schedule) : null;
      await change(
        { action: 'add', target: { address: name, pool: options.pool, bound: options.address, ehlo: ehloName, weight: options.weight, warmed: options.warmed } },
        ({ pool }) => addAddress(pool, { name, sourceAddress: options.address ?? null, ehloName, pool: options.pool, weight: options.weight, warmed: options.warmed === true, schedule }),
        `address ${name} added`,
      );
    });
  egress
    .command('pause')
    .description('stop an address; its mail goes out by the others of its pools')
    .argument('<name>')
    .requiredOption('--reason <text>', 'why, for those who ask what waits')
    .option('--for <duration>', 'such as 2h or 3d (default: until resumed)', parseDuration)
    .action(async (name: string, options: { reason: string; for?: number }) => {
      const until = options.for === undefined ? null : new Date(Date.now() + options.for);
      await change({ action: 'pause', target: { address: name, until }, reason: options.reason }, ({ pool }) => pauseAddress(pool, name, options.reason, until), `address ${name} paused${until ? ` until ${until.toISOString()}` : ''}`);
    });
  egress
    .command('resume')
    .description('let a paused address send again, also where its rates paused it')
    .argument('<name>')
    .action((name: string) => change({ action: 'resume', target: { address: name } }, ({ pool }) => resumeAddress(pool, name), `address ${name} resumed`));
  egress
    .command('retire')
    .description('take an address out of use for good')
    .argument('<name>')
    .action((name: string) => change({ action: 'retire', target: { address: name } }, ({ pool }) => retireAddress(pool, name), `address ${name} retired`));
}

interface AddOptions {
  pool: string;
  ehlo: string;
  address?: string;
  weight: number;
  warmed?: boolean;
  schedule?: string[];
}

function addPoolCommands(egress: Command): void {
  const pools = egress.command('pool').description('pools of addresses');
  pools
    .command('list')
    .description('show pools, their addresses and who uses them')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const rows = await withConnection(({ pool }) => listPools(pool));
      write(options.json, rows, () => (rows.length > 0 ? poolTable(rows) : 'no pools\n'));
    });
  pools
    .command('add')
    .description('add a pool')
    .argument('<name>', 'a short name: a-z, 0-9 and hyphens', parseName)
    .option('--dedicated-to <tenant>', "only this tenant's mail goes out by it")
    .action(async (name: string, options: { dedicatedTo?: string }) => {
      await change(
        { action: 'pool add', target: { pool: name, dedicatedTo: options.dedicatedTo } },
        async ({ pool }) => addPool(pool, name, options.dedicatedTo === undefined ? null : (await requireTenant(pool, options.dedicatedTo)).id),
        `pool ${name} added`,
      );
    });
  pools
    .command('remove')
    .description('remove a pool that nothing uses')
    .argument('<name>')
    .action((name: string) => change({ action: 'pool remove', target: { pool: name } }, ({ pool }) => removePool(pool, name), `pool ${name} removed`));
  pools
    .command('join')
    .description('put an address into a pool as well, or change its weight there')
    .argument('<pool>')
    .argument('<address>')
    .option('--weight <number>', 'its share', parseWeight, 1)
    .action((name: string, address: string, options: { weight: number }) =>
      change({ action: 'pool join', target: { pool: name, address, weight: options.weight } }, ({ pool }) => setMembership(pool, name, address, options.weight), `address ${address} is in pool ${name} with weight ${options.weight}`),
    );
  pools
    .command('leave')
    .description('take an address out of a pool')
    .argument('<pool>')
    .argument('<address>')
    .action((name: string, address: string) => change({ action: 'pool leave', target: { pool: name, address } }, ({ pool }) => setMembership(pool, name, address, 0), `address ${address} is no more in pool ${name}`));
  pools
    .command('overflow')
    .description('set where mail goes when no address of a pool may take it')
    .argument('<pool>')
    .argument('[other]', 'another pool; left out: nowhere, it waits')
    .action((name: string, other: string | undefined) =>
      change({ action: 'pool overflow', target: { pool: name, to: other } }, ({ pool }) => setOverflow(pool, name, other ?? null), `pool ${name} overflows to ${other ?? 'nothing'}`),
    );
}

function addAssign(egress: Command): void {
  egress
    .command('assign')
    .description('say whose mail goes out by a pool; the most exact assignment decides')
    .argument('[pool]', 'left out with --none')
    .option('--tenant <slug>', "one tenant's (default: all)")
    .addOption(new Option('--lane <lane>', 'one lane only (default: both)').choices(LANES))
    .option('--none', 'take the assignment away')
    .action(async (name: string | undefined, options: { tenant?: string; lane?: Lane; none?: boolean }) => {
      if ((name === undefined) !== (options.none === true)) throw new Refusal('assign: name a pool, or say --none');
      const whose = `${options.lane ?? 'all'} mail of ${options.tenant ?? 'all tenants'}`;
      await change(
        { action: 'assign', target: { pool: name, tenant: options.tenant, lane: options.lane } },
        async ({ pool }) => {
          const tenantId = options.tenant === undefined ? null : (await requireTenant(pool, options.tenant)).id;
          return assignPool(pool, { tenantId, lane: options.lane ?? null }, name ?? null);
        },
        name === undefined ? `${whose}: no assignment of its own any more` : `${whose} goes out by ${name}`,
      );
    });
}

function addWarmup(egress: Command): void {
  const warmup = egress.command('warmup').description('how new addresses are brought to full volume');
  warmup
    .command('show')
    .description("show an address's stages, counts by day and what was decided")
    .argument('<address>')
    .option('--days <number>', 'days of counts', parseDays, 14)
    .option('--json', 'as JSON')
    .action(async (name: string, options: { days: number; json?: boolean }) => {
      const found = await withConnection(async ({ pool }) => {
        const id = await addressIdOf(pool, name);
        if (id === null) throw new Refusal(`there is no egress address "${name}"`);
        const { today, subjects } = await readWarmups(pool, options.days, id);
        return { today, subjects, days: await listUsedDays(pool, id, options.days), events: await listEgressEvents(pool, id, 20) };
      });
      write(options.json, found, () => warmupReport(name, found));
    });
  warmup
    .command('finish')
    .description('declare an address warm at every provider: no caps')
    .argument('<address>')
    .action((name: string) => change({ action: 'warmup finish', target: { address: name } }, ({ pool }) => setWarmup(pool, name, true), `address ${name} is warm`));
  warmup
    .command('restart')
    .description('begin the warm-up of an address anew')
    .argument('<address>')
    .action((name: string) => change({ action: 'warmup restart', target: { address: name } }, ({ pool }) => setWarmup(pool, name, false), `the warm-up of ${name} begins anew`));
}

/** Does it, and notes it in the audit log. */
async function change(order: { action: string; target: Record<string, unknown>; reason?: string }, make: (connection: Connection) => Promise<Changed>, done: string): Promise<void> {
  await withConnection(async (connection) => {
    const result = await make(connection);
    if (result.kind === 'refused') throw new Refusal(result.rule);
    await noteOrder(connection.pool, `egress ${order.action}`, order.target, { reason: order.reason });
  });
  process.stdout.write(`${done}\n`);
}

function write(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}

function readSchedule(entries: string[]): WarmupSchedule {
  const parsed = parseSchedule(entries);
  if (parsed.kind === 'invalid') throw new Refusal(`--schedule: ${parsed.rule}`);
  return parsed.schedule;
}

function parseName(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('1 to 63 of a-z, 0-9 and hyphens expected, no hyphen at an end.');
}

function parseIp(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new InvalidArgumentError('an IPv4 or IPv6 address expected.');
}

function parseWeight(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('a whole number from 1 to 1000 expected.');
}

function parseDays(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 60) return value;
  throw new InvalidArgumentError('a whole number from 1 to 60 expected.');
}

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `3d` in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,5})([mhd])$/.exec(text);
  const value = match ? Number(match[1]) * UNIT_MS[match[2]!]! : 0;
  if (value > 0 && value <= 400 * UNIT_MS['d']!) return value;
  throw new InvalidArgumentError('such as 30m, 2h or 3d expected.');
}
