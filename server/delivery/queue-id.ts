// Queue ids: UUID version 7 (RFC 9562 5.7), whose first 48 bits are the time in milliseconds. The day chooses
// the partition of outgoing_message, and ids of neighbours in time are neighbours in every index.
import { randomBytes } from 'node:crypto';

/** A new id for a message accepted at `nowMs` (Unix time in milliseconds). */
export function newQueueId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** When the id was made, in Unix milliseconds. */
export function queueIdTime(queueId: string): number {
  return Number.parseInt(queueId.slice(0, 8) + queueId.slice(9, 13), 16);
}

/** True for anything PostgreSQL would take as a uuid in its usual spelling. */
export function isQueueId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
