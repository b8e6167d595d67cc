// Which addresses may take a message now, in the order to try them, and why the others may not. Pure; whether a
// capped address has anything left of its day is warmup-grants.ts.
import { isIP } from 'node:net';
import type { Lane } from '../enqueue-types.ts';
import type { ProviderGroup } from '../provider-group.ts';
import { openBy, opensNext } from './day-spread.ts';
import type { EgressAddress } from './egress-address.ts';
import { type EgressSnapshot, poolChain, poolOf, type SnapshotAddress, type SnapshotPool } from './egress-snapshot.ts';
import { addDays, capOf, utcDay } from './warmup.ts';
import { capsFor } from './warmup-schedule.ts';

export interface Candidate {
  egress: EgressAddress;
  name: string;
  /** Null: as much as it likes. Otherwise what the day's cap is, and of which stage. */
  capped: { cap: number; stage: number } | null;
}

/** An address that may not, in words for people, and when that may be otherwise; null: when a person says so. */
export interface Refused {
  why: string;
  until: Date | null;
}

export type Candidates =
  /** Nothing is assigned: the installation's own. */
  | { kind: 'own' }
  | { kind: 'candidates'; pool: string; ordered: Candidate[]; refused: Refused[] };

export interface CandidateQuestion {
  tenantId: string;
  lane: Lane;
  /** Bound to a pool; null or absent: by what is assigned. */
  poolId?: string | null;
  provider: ProviderGroup;
  /** What it sticks to: the same key finds the same address for as long as that may send (greylisting asks for it). */
  stickTo: string;
  /** Families that the site has addresses of; null: not known. */
  families: ReadonlySet<number> | null;
  now: Date;
}

/** The addresses of the tenant's pool that may send, then those of the pools that it overflows to. */
export function findCandidates(snapshot: EgressSnapshot, question: CandidateQuestion): Candidates {
  const first = poolOf(snapshot, question.tenantId, question.lane, question.poolId);
  if (!first) return { kind: 'own' };
  const ordered: Candidate[] = [];
  const refused: Refused[] = [];
  for (const pool of poolChain(snapshot, first, question.tenantId)) {
    for (const { address } of byRank(pool, question.stickTo)) {
      const refusal = refusalOf(address, question);
      if (refusal) refused.push(refusal);
      else if (!ordered.some((other) => other.egress.id === address.id)) ordered.push(candidateOf(address, pool, question.provider));
    }
  }
  if (ordered.length + refused.length === 0) refused.push({ why: `pool ${first.name} has no addresses`, until: null });
  return { kind: 'candidates', pool: first.name, ordered, refused };
}

function refusalOf(address: SnapshotAddress, { provider, families, now }: CandidateQuestion): Refused | null {
  const { name, status, pausedUntil, reason } = address;
  if (status === 'retired') return { why: `${name} is retired`, until: null };
  if (status === 'paused' && !(pausedUntil && pausedUntil <= now)) {
    const until = pausedUntil ? ` until ${pausedUntil.toISOString()}` : '';
    return { why: `${name} is paused${until}${reason ? ` (${reason})` : ''}`, until: pausedUntil };
  }
  const warmup = address.warmup.get(provider);
  if (warmup?.phase === 'paused') {
    return { why: `${name} is paused for ${provider}: ${warmup.reason ?? 'bad rates'}`, until: midnight(warmup.pausedUntil ?? utcDay(now)) };
  }
  const family = isIP(address.sourceAddress ?? '');
  if (family !== 0 && families && !families.has(family)) return { why: `${name} is IPv${family}, which the site has no address of`, until: null };
  return null;
}

function candidateOf(address: SnapshotAddress, pool: SnapshotPool, provider: ProviderGroup): Candidate {
  const { id, name, sourceAddress, ehloName, schedule } = address;
  const warmup = address.warmup.get(provider);
  const caps = capsFor(schedule, provider);
  // A provider that has been added since the address was: its first stage, until the scheduler has made the row.
  const cap = warmup ? capOf(warmup, caps) : caps[0]!;
  return {
    egress: { id, sourceAddress, ehloName, poolId: pool.id },
    name,
    capped: cap === null ? null : { cap, stage: warmup?.stage ?? 0 },
  };
}

/**
 * Members by weighted rendezvous hashing: each gets its share of all keys by weight, a key keeps its member, and one
 * that leaves gives its keys to the others by their weights, moving nothing else.
 */
function byRank(pool: SnapshotPool, key: string): SnapshotPool['members'] {
  if (pool.members.length < 2) return pool.members;
  return pool.members
    .map((member) => ({ ...member, score: -member.weight / Math.log(fraction(`${key} ${member.address.id}`)) }))
    .sort((a, b) => b.score - a.score);
}

/** A number between 0 and 1, evenly spread over texts (FNV-1a, finished as MurmurHash3 does). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
}

/** That an address has sent what it may so far of its day's cap. */
export function usedUp(candidate: Candidate, provider: ProviderGroup, now: Date): Refused {
  const { cap, stage } = candidate.capped!;
  const next = opensNext(cap, now);
  const what = next ? `the ${openBy(cap, now)} of today's ${cap} that are open so far` : `today's ${cap}`;
  return { why: `${candidate.name} has sent ${what} to ${provider} (warm-up, stage ${stage + 1})`, until: next ?? midnight(addDays(utcDay(now), 1)) };
}

/** One sentence for the sender, and the first moment at which it may be otherwise. */
export function waitReason(pool: string, refused: readonly Refused[]): { reason: string; until: Date | null } {
  const moments = refused.flatMap(({ until }) => (until ? [until.getTime()] : []));
  const until = moments.length > 0 ? new Date(Math.min(...moments)) : null;
  const when = until ? `, not before ${until.toISOString()}` : ', until an operator acts';
  return { reason: `Waits for an address of pool ${pool}${when}: ${refused.map(({ why }) => why).join('; ')}.`, until };
}

const midnight = (day: string): Date => new Date(`${day}T00:00:00Z`);
