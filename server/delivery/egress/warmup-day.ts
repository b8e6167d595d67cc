// Today's caps of warming addresses and what has been taken of them, by provider: for metrics.
import type { Queryable } from '../../infra/db/pool.ts';
import { PROVIDER_GROUPS, type ProviderGroup } from '../provider-group.ts';
import { readGrantedToday, readSnapshot } from './egress.store.ts';
import { capOf } from './warmup.ts';
import { capsFor } from './warmup-schedule.ts';

export interface WarmupDay {
  provider: ProviderGroup;
  /** Recipients; of all addresses that warm up there. */
  cap: number;
  granted: number;
}

/** Of providers where some address has a cap; none where everything is warm. */
export async function warmupDay(db: Queryable): Promise<WarmupDay[]> {
  const snapshot = await readSnapshot(db);
  const addresses = new Map([...snapshot.pools.values()].flatMap(({ members }) => members.map(({ address }) => [address.id, address])));
  if (addresses.size === 0) return [];
  const granted = await readGrantedToday(db);
  return PROVIDER_GROUPS.flatMap((provider) => {
    const capped = [...addresses.values()].flatMap(({ id, schedule, warmup }) => {
      const state = warmup.get(provider);
      const cap = state ? capOf(state, capsFor(schedule, provider)) : null;
      return cap === null ? [] : [{ cap, granted: granted.get(`${id} ${provider}`) ?? 0 }];
    });
    const sum = (pick: 'cap' | 'granted'): number => capped.reduce((total, entry) => total + entry[pick], 0);
    return capped.length > 0 ? [{ provider, cap: sum('cap'), granted: sum('granted') }] : [];
  });
}
