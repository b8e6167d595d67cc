// The pool of SMTP sessions in numbers, by provider: sites have names that anybody may choose, and are no labels.
import { beforeReading, gauge } from '../../infra/metrics/registry.ts';
import { providerOf } from '../provider-group.ts';
import type { ConnectionPool } from './connection-pool.ts';

const open = gauge({ name: 'eider_delivery_connections', help: 'SMTP sessions open or being opened.', labels: ['provider'] });
const waiting = gauge({ name: 'eider_delivery_jobs_waiting', help: 'Transactions that wait for a session.', labels: ['provider'] });
const sites = gauge({ name: 'eider_delivery_sites', help: 'Sites, by egress, that this worker speaks to now.' });

/** Shows the pool's numbers among the metrics for as long as the process lives. @returns the pool */
export function showPool<T extends Pick<ConnectionPool, 'stats'>>(pool: T): T {
  beforeReading(() => {
    const stats = pool.stats();
    const totals = Map.groupBy(stats, ({ site }) => (site.startsWith('mx ') ? providerOf(site.split(' ').slice(1)) : 'other'));
    open.reset();
    waiting.reset();
    for (const [provider, ofProvider] of totals) {
      open.set({ provider }, ofProvider.reduce((sum, entry) => sum + entry.open, 0));
      waiting.set({ provider }, ofProvider.reduce((sum, entry) => sum + entry.waiting, 0));
    }
    sites.set({}, stats.length);
  });
  return pool;
}
