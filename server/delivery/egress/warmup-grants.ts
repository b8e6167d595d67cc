// What this worker has in hand of the day's caps of warming addresses. Taken from the database in chunks, so that
// most messages cost no statement and all workers together keep the cap; what is left over goes back.
import type { ProviderGroup } from '../provider-group.ts';
import type { Candidate } from './choose-egress.ts';

export interface GrantRequest {
  addressId: string;
  provider: ProviderGroup;
  /** As the worker knows it; where the database knows another, nothing is granted. */
  stage: number;
  cap: number;
  /** Wanted at least; more may come, for what follows. */
  count: number;
}

export interface Grant {
  granted: number;
  /** Until the day ends by the database's clock. */
  msLeft: number;
}

export interface GrantStore {
  request(request: GrantRequest): Promise<Grant>;
  giveBack(rows: readonly { addressId: string; provider: ProviderGroup; count: number }[]): Promise<void>;
}

export interface WarmupGrants {
  /**
   * Takes of an address's cap.
   * @returns how many recipients may begin, up to `count`; 0: nothing is left of the day
   */
  take(candidate: Candidate, provider: ProviderGroup, count: number): Promise<number>;
  /** What was taken and not begun. */
  giveBack(addressId: string, provider: ProviderGroup, count: number): void;
  /** How many may begin as far as is known here: 0 only when the day is surely used up. */
  room(candidate: Candidate, provider: ProviderGroup): number;
  /** Gives all back. */
  close(): Promise<void>;
}

interface Purse {
  left: number;
  stage: number;
  /** performance.now() at which the day, and so what is left, ends. */
  dayEnds: number;
  /** Asked for in vain: not again before this, lest every message asks. */
  emptyUntil: number;
  asking: Promise<void> | null;
}

/** Another worker may have given something back meanwhile. */
const ASK_AGAIN_MS = 60_000;
/** A refusal also comes of a stage that changed a moment ago, which the next snapshot tells. */
const ASK_AGAIN_SOON_MS = 2_000;

export function warmupGrants(store: GrantStore, now: () => number = () => performance.now()): WarmupGrants {
  const purses = new Map<string, Purse>();

  function purseOf(addressId: string, provider: ProviderGroup, stage: number): Purse {
    const key = `${addressId} ${provider}`;
    let purse = purses.get(key);
    if (!purse) purses.set(key, (purse = { left: 0, stage, dayEnds: Number.POSITIVE_INFINITY, emptyUntil: 0, asking: null }));
    if (now() >= purse.dayEnds || purse.stage !== stage) Object.assign(purse, { left: 0, stage, dayEnds: Number.POSITIVE_INFINITY, emptyUntil: 0 });
    return purse;
  }

  async function ask(purse: Purse, request: GrantRequest): Promise<void> {
    const { granted, msLeft } = await store.request(request);
    purse.left += granted;
    purse.dayEnds = now() + msLeft;
    if (granted === 0) purse.emptyUntil = now() + Math.min(msLeft, msLeft > ASK_AGAIN_MS ? ASK_AGAIN_MS : ASK_AGAIN_SOON_MS);
  }

  return {
    async take(candidate, provider, count) {
      const { cap, stage } = candidate.capped!;
      const addressId = candidate.egress.id;
      for (;;) {
        const purse = purseOf(addressId, provider, stage);
        const taken = Math.min(count, purse.left);
        purse.left -= taken;
        if (taken > 0 || cap === 0 || now() < purse.emptyUntil) return taken;
        // One asks for all who wait; who comes away empty asks himself.
        purse.asking ??= ask(purse, { addressId, provider, stage, cap, count }).finally(() => (purse.asking = null));
        await purse.asking;
      }
    },
    giveBack(addressId, provider, count) {
      const purse = purses.get(`${addressId} ${provider}`);
      if (purse && now() < purse.dayEnds) purse.left += count;
    },
    room(candidate, provider) {
      const { cap, stage } = candidate.capped!;
      const purse = purseOf(candidate.egress.id, provider, stage);
      if (purse.left > 0) return purse.left;
      if (now() < purse.emptyUntil) return 0;
      // After a refusal one is enough to find out whether it still holds.
      return purse.emptyUntil > 0 ? 1 : cap;
    },
    async close() {
      const rows = [...purses].flatMap(([key, purse]) => {
        const [addressId = '', provider] = key.split(' ');
        return purse.left > 0 && now() < purse.dayEnds ? [{ addressId, provider: provider as ProviderGroup, count: purse.left }] : [];
      });
      purses.clear();
      if (rows.length > 0) await store.giveBack(rows);
    },
  };
}
