// The files of a journal, each with its room on disk taken beforehand: a disk that fills up afterwards, with anything,
// takes nothing from the journal. A file whose lines are no longer needed is overwritten with NULs and used again.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Files kept ready: with the one in use, what is stored at the usual pace needs no other. */
const SPARES = 1;

export interface Segment {
  path: string;
  fd: number;
  /** Octets written: where the next line goes. */
  at: number;
  /** The running number of the last outcome in it. */
  last: number;
  /** False when the disk had no room: then each line takes its chance. */
  reserved: boolean;
}

export interface SegmentStore {
  /** A file with nothing in it. @throws when none is ready and none can be made */
  take(): Segment;
  /** What is in it is no longer needed. */
  giveBack(segment: Segment): void;
  /** Removes those kept ready. */
  close(): void;
}

/** @param owner begins the files' names */
export function segmentStore(folder: string, owner: string): SegmentStore {
  let generation = 0;
  const spares: Segment[] = [];
  const create = (): Segment => {
    const path = join(folder, `${owner}-${generation++}.jsonl`);
    const segment: Segment = { path, fd: openSync(path, 'w', 0o600), at: 0, last: 0, reserved: false };
    try {
      clear(segment.fd, SEGMENT_BYTES);
      segment.reserved = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
    return segment;
  };
  return {
    take() {
      const segment = spares.pop() ?? create();
      while (spares.length < SPARES) {
        const spare = create();
        if (spare.reserved) spares.push(spare);
        else {
          discard(spare);
          break;
        }
      }
      return segment;
    },
    giveBack(segment) {
      if (spares.length >= SPARES || !segment.reserved) return discard(segment);
      clear(segment.fd, segment.at);
      spares.push({ ...segment, at: 0, last: 0 });
    },
    close() {
      for (const segment of spares.splice(0)) discard(segment);
    },
  };
}

/** The text of a journal file: what stands before its first NUL. @returns '' when it is gone */
export function readSegment(path: string): string {
  try {
    const octets = readFileSync(path);
    const end = octets.indexOf(0);
    return octets.toString('utf8', 0, end < 0 ? octets.length : end);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Writes `text` where the segment's content ends. @throws when the disk takes none, or not all, of it */
export function appendTo(segment: Segment, text: string): void {
  const written = writeSync(segment.fd, text, segment.at);
  segment.at += written;
  if (written < Buffer.byteLength(text)) throw new Error(`no room for ${segment.path}`);
}

function clear(fd: number, bytes: number): void {
  const nothing = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; ) at += writeSync(fd, nothing, at, bytes - at, at);
}

function discard({ fd, path }: Segment): void {
  closeSync(fd);
  rmSync(path, { force: true });
}
