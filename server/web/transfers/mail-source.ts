// What an import reads from, whatever it is: batches of messages, each with the place to go on from.
import type { FilesPosition, ImapPosition } from '../../transfers/transfer.ts';
import type { IncomingMessage } from './store-messages.ts';

export interface SourceBatch {
  messages: IncomingMessage[];
  /** Messages that cannot be taken: too large, or not messages. */
  refused: number;
  /** After this batch. */
  position: FilesPosition | ImapPosition;
  /** How many there are in all, as soon as it is known. */
  total?: number;
}

/** Batches stay small: what is noted after each is what a crash does not undo. */
export const BATCH_MESSAGES = 20;
export const BATCH_BYTES = 16 * 1024 * 1024;
/** The largest message that the mail store is given. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
