// How `eider egress …` shows addresses, pools and warm-up to people. Pure.
import type { EgressEvent, EgressRow, PoolRow, UsedDay } from '../delivery/egress/egress-view.store.ts';
import { capOf } from '../delivery/egress/warmup.ts';
import { capsFor } from '../delivery/egress/warmup-schedule.ts';
import type { WarmupSubject } from '../delivery/egress/warmup.store.ts';
import { table } from './table.ts';

export function addressTable(rows: readonly EgressRow[]): string {
  return table(
    ['NAME', 'ADDRESS', 'EHLO NAME', 'STATE', 'POOLS', 'PAUSED FOR', 'REASON'],
    rows.map((row) => [
      row.name,
      row.sourceAddress ?? '-',
      row.ehloName,
      row.pausedUntil ? `${row.status} until ${minute(row.pausedUntil)}` : row.status,
      row.pools.map(({ pool, weight }) => (weight === 1 ? pool : `${pool} (${weight})`)).join(', ') || '-',
      row.pausedFor.join(', ') || '-',
      row.reason ?? '',
    ]),
  );
}

export function poolTable(rows: readonly PoolRow[]): string {
  return table(
    ['POOL', 'DEDICATED TO', 'ADDRESSES', 'OVERFLOWS TO', 'USED BY'],
    rows.map((row) => [
      row.name,
      row.dedicatedTo ?? '-',
      row.addresses.map(({ address, weight }) => (weight === 1 ? address : `${address} (${weight})`)).join(', ') || '-',
      row.overflow ?? '-',
      row.assignments.map(({ tenant, lane }) => `${tenant ?? 'all'}${lane ? ` ${lane}` : ''}`).join(', ') || '-',
    ]),
  );
}

export interface WarmupFound {
  today: string;
  subjects: readonly WarmupSubject[];
  days: readonly UsedDay[];
  events: readonly EgressEvent[];
}

/** Stages by provider, then the days in which something was sent, then the decisions. */
export function warmupReport(name: string, { today, subjects, days, events }: WarmupFound): string {
  if (subjects.length === 0) return `${name} is retired: no warm-up\n${eventLines(events)}`;
  const granted = new Map(days.filter((day) => day.day === today).map((day) => [day.provider, day.granted]));
  const stages = table(
    ['PROVIDER', 'PHASE', 'STAGE', 'CAP TODAY', 'USED', 'WHY'],
    subjects
      .toSorted((a, b) => (a.provider < b.provider ? -1 : 1))
      .map(({ provider, schedule, state }) => {
        const caps = capsFor(schedule, provider);
        const cap = capOf(state, caps);
        return [
          provider,
          state.phase === 'paused' ? `paused until ${state.pausedUntil}` : state.phase,
          state.phase === 'warmed' ? '-' : `${Math.min(state.stage, caps.length - 1) + 1} of ${caps.length}`,
          cap === null ? 'none' : String(cap),
          cap === null ? '-' : String(Math.min(granted.get(provider) ?? 0, cap)),
          state.reason ?? '',
        ];
      }),
  );
  const curve = table(
    ['PROVIDER', 'DAY', 'SENT', 'DELIVERED', 'BOUNCED', 'THROTTLED', 'COMPLAINTS', ''],
    days.map((day) => [
      day.provider, day.day, String(day.sent), String(day.delivered), rate(day.bounced, day.sent), rate(day.throttled, day.sent),
      rate(day.complained, day.delivered), bar(day, days),
    ]),
  );
  return `${stages}${curve && `\n${curve}`}${eventLines(events)}`;
}

const BAR_WIDTH = 24;

/** A bar as long as its share of the provider's best day. */
function bar(day: UsedDay, days: readonly UsedDay[]): string {
  const most = Math.max(...days.filter((other) => other.provider === day.provider).map((other) => other.sent), 1);
  return '█'.repeat(Math.round((day.sent / most) * BAR_WIDTH));
}

const rate = (count: number, of: number): string => (count === 0 ? '0' : `${count} (${((count / Math.max(of, 1)) * 100).toFixed(2)} %)`);

function eventLines(events: readonly EgressEvent[]): string {
  if (events.length === 0) return '';
  return `\n${events.map((event) => `${minute(event.at)}  ${event.type}${event.provider ? ` at ${event.provider}` : ''} by ${event.by}: ${event.reason}\n`).join('')}`;
}

const minute = (moment: Date): string => `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
