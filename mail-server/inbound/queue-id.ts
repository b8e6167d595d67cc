// Names for inbound transactions, for Received fields, replies and logs.
import { randomBytes } from 'node:crypto';

/** Sortable by time (base-36 milliseconds) and unguessable enough never to collide. */
export function queueIdNow(now: number = Date.now()): string {
  return `in-${now.toString(36)}-${randomBytes(5).toString('hex')}`;
}
