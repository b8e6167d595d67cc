// The leases that this worker holds: when each ends by this machine's monotonic clock, which are due for
// renewal, and which have been lost. The database's clock decides; ours only errs on the safe side.
import type { Queryable } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import { countClaimed, leasesHeld, leasesLost } from './delivery-metrics.ts';
import { renewLeases } from './lease.store.ts';
import { deliveryKey } from './outcome.store.ts';

interface Held {
  delivery: ClaimedDelivery;
  /** performance.now() at which the lease may have ended. */
  until: number;
}

export interface LeaseBook {
  /** @param askedAt performance.now() before the claim was sent: the lease cannot end earlier than that plus its length */
  add(deliveries: readonly ClaimedDelivery[], askedAt: number): void;
  remove(deliveries: readonly ClaimedDelivery[]): void;
  /** True while every one of them is surely still leased, with time to begin an attempt. */
  surelyHeld(deliveries: readonly ClaimedDelivery[]): boolean;
  /** Prolongs what has used up a third of its lease. */
  renew(): Promise<void>;
  readonly size: number;
}

/** Not begun any more in the last fifth of a lease. */
const SAFETY = 0.2;

export function leaseBook(db: Queryable, log: Logger, leaseMs: number): LeaseBook {
  const held = new Map<string, Held>();
  return {
    add(deliveries, askedAt) {
      for (const delivery of deliveries) held.set(deliveryKey(delivery), { delivery, until: askedAt + leaseMs });
      countClaimed(deliveries);
      leasesHeld.set({}, held.size);
    },
    remove(deliveries) {
      for (const delivery of deliveries) {
        const key = deliveryKey(delivery);
        // The same row may have been claimed anew here after its lease had been lost.
        if (held.get(key)?.delivery.leaseToken === delivery.leaseToken) held.delete(key);
      }
      leasesHeld.set({}, held.size);
    },
    surelyHeld(deliveries) {
      const latest = performance.now() + leaseMs * SAFETY;
      return deliveries.every((delivery) => {
        const entry = held.get(deliveryKey(delivery));
        return entry?.delivery.leaseToken === delivery.leaseToken && entry.until > latest;
      });
    },
    async renew() {
      const askedAt = performance.now();
      const due = [...held.values()].filter((entry) => entry.until - askedAt < (leaseMs * 2) / 3);
      if (due.length === 0) return;
      const renewed = new Set((await renewLeases(db, due.map((entry) => entry.delivery), leaseMs)).map(deliveryKey));
      for (const entry of due) {
        const key = deliveryKey(entry.delivery);
        if (renewed.has(key)) entry.until = askedAt + leaseMs;
        else if (held.get(key) === entry) {
          held.delete(key);
          leasesLost.inc({});
          log.warn({ queueId: entry.delivery.queueId, tenantId: entry.delivery.tenantId, recipientNo: entry.delivery.recipientNo }, 'lease lost');
        }
      }
    },
    get size() {
      return held.size;
    },
  };
}
