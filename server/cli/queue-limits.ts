// `eider queue limits`: what is slowed, stopped or not dialled now, by egress address and site, as the workers share it.
import type { Command } from 'commander';
import type { OpenBreaker } from '../delivery/limits/host-breakers.ts';
import type { SiteState } from '../delivery/limits/site-state.ts';
import { limitsConnection, valkeyLimitStore } from '../delivery/limits/valkey-limit-store.ts';
import { withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';

export interface LimitsView {
  /** By the store's clock, epoch milliseconds. */
  now: number;
  learnt: { key: string; state: SiteState }[];
  breakers: OpenBreaker[];
}

export function addLimits(queue: Command): void {
  queue
    .command('limits')
    .description('show sites that are left alone, slowed or not dialled now, and why')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const view = await withConnection(async ({ config }): Promise<LimitsView> => {
        if (config.redisUrl === undefined) throw new Refusal('limits are shared through Valkey, and none is set: REDIS_URL');
        const redis = limitsConnection(config.redisUrl);
        try {
          const store = valkeyLimitStore(redis, 'eider-cli');
          const [{ now }, learnt, breakers] = await Promise.all([store.read([]), store.list(), store.listBreakers()]);
          return { now, learnt, breakers };
        } catch (error) {
          throw new Refusal(`the limits cannot be read from Valkey (${(error as Error).message}): see eider status`);
        } finally {
          redis.disconnect();
        }
      });
      process.stdout.write(options.json ? `${JSON.stringify(view, null, 2)}\n` : limitsText(view) || 'nothing is limited beyond its rules\n');
    });
}

export function limitsText({ now, learnt, breakers }: LimitsView): string {
  const rows = learnt.flatMap(({ key, state }) => {
    const [egress, site] = [key.slice(0, key.indexOf('|')), key.slice(key.indexOf('|') + 1)] as const;
    const { stop, perMinute, connections } = state;
    const reason = state.reason ?? '';
    const inForce = stop && stop.until > now ? stop : null;
    return [
      ...(inForce ? [[site, egress, inForce.kind === 'pause' ? 'paused' : 'suspended', time(inForce.until), inForce.reason]] : []),
      ...(perMinute === null ? [] : [[site, egress, `${Math.round(perMinute)} a minute`, '-', reason]]),
      ...(connections === null ? [] : [[site, egress, `${connections} connections`, '-', reason]]),
    ];
  });
  // Several workers may have found the same.
  const hosts = [...Map.groupBy(breakers, ({ egressId, host }) => `${egressId} ${host}`).values()].map((same) => {
    const last = same.reduce((a, b) => (b.until > a.until ? b : a));
    return [last.host, last.egressId, 'not dialled', time(last.until), last.reason];
  });
  return table(['SITE OR HOST', 'EGRESS', 'STATE', 'UNTIL', 'WHY'], [...rows, ...hosts]);
}

const time = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
