// What limits hold back in this worker, in numbers, by provider: sites have names that anybody may choose, and are no labels.
import { beforeReading, gauge } from '../../infra/metrics/registry.ts';
import { PROVIDER_GROUPS, type ProviderGroup, providerOf } from '../provider-group.ts';
import { activeStop, type Gate, slotsInHand } from './gate.ts';
import type { HostBreakers } from './host-breakers.ts';
import type { Limiter } from './limiter-types.ts';

const slots = gauge({ name: 'eider_delivery_slots', help: 'Slots of rates that this worker has in hand.', labels: ['provider'] });
const admitted = gauge({ name: 'eider_delivery_admitted', help: 'Recipients claimed or under way on the account of limits.', labels: ['provider'] });
const limited = gauge({ name: 'eider_delivery_limited_sites', help: 'Sites, by egress, that said less: suspended or paused for a time, slowed, or with fewer connections.', labels: ['provider', 'state'] });
const open = gauge({ name: 'eider_delivery_breakers_open', help: 'Mail servers, by egress, that this worker does not dial because connections fail.', labels: ['provider'] });
const shared = gauge({ name: 'eider_delivery_limits_shared', help: '1 while limits are shared with the other workers; 0 while each keeps to half of them.' });
const current = gauge({ name: 'eider_delivery_rules_current', help: '1 while the rules in force are those of shaping.json; 0 while that file is wrong and those before hold.' });

type State = 'suspended' | 'paused' | 'slowed' | 'fewer-connections';

/** Shows the limiter's numbers among the metrics for as long as the process lives. */
export function showLimits(limits: Pick<Limiter, 'gates'>, breakers: Pick<HostBreakers, 'open'>, state: { isShared(): boolean; isCurrent(): boolean }): void {
  beforeReading(() => {
    const now = performance.now();
    const gates = limits.gates().filter((entry) => entry.scope === 'rate');
    fill(slots, gates, (gate) => slotsInHand(gate, now));
    fill(admitted, gates, (gate) => gate.expected + gate.outstanding);
    limited.reset();
    for (const [key, ofKey] of Map.groupBy(gates.flatMap((gate) => statesOf(gate).map((state) => `${providerOfGate(gate)} ${state}`)), (key) => key)) {
      const [provider = '', state = ''] = key.split(' ');
      limited.set({ provider, state }, ofKey.length);
    }
    open.reset();
    for (const [provider, ofProvider] of Map.groupBy(breakers.open(), ({ host }) => providerOf([host]))) open.set({ provider }, ofProvider.length);
    shared.set({}, state.isShared() ? 1 : 0);
    current.set({}, state.isCurrent() ? 1 : 0);
  });
}

function fill(target: typeof slots, gates: readonly Gate[], numberOf: (gate: Gate) => number): void {
  target.reset();
  for (const [provider, ofProvider] of Map.groupBy(gates, providerOfGate)) target.set({ provider }, ofProvider.reduce((sum, gate) => sum + numberOf(gate), 0));
}

function statesOf(gate: Gate): State[] {
  const stop = activeStop(gate, Date.now());
  return [
    ...(stop ? [stop.kind === 'pause' ? ('paused' as const) : ('suspended' as const)] : []),
    ...(gate.state.perMinute === null ? [] : ['slowed' as const]),
    ...(gate.state.connections === null ? [] : ['fewer-connections' as const]),
  ];
}

/** `egress|mx host…`, `egress|site name`. */
function providerOfGate({ key }: Gate): ProviderGroup {
  const [kind, ...names] = key.slice(key.indexOf('|') + 1).split(' ');
  if (kind === 'mx') return providerOf(names);
  return PROVIDER_GROUPS.find((group) => group === names[0]) ?? 'other';
}
