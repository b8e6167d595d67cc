// Cuts a byte stream into length-prefixed frames without re-copying what has already arrived.
// Serves both protocols of the gateway (MongoDB's wire and PostgreSQL's); knows nothing of what a frame means.

/** How a protocol announces the size of a frame. */
export interface FrameFormat {
  /** Bytes needed before `size` can be asked. */
  readonly headerLength: number;
  /** Total frame size in bytes, header included; throws FrameError when the announced size is not acceptable. */
  size(buffer: Buffer, offset: number): number;
}

/** The stream cannot be followed any further: the announced length is a lie or too large. */
export class FrameError extends Error {}

const FIRST_CAPACITY = 64 * 1024;

/**
 * Memory grows with what was received, never with what was announced, so that a client that promises 48 MB
 * and sends nothing costs nothing. Each byte is copied at most twice (amortised doubling), and not at all when
 * a frame arrives in one chunk.
 */
export class FrameAssembler {
  readonly #format: FrameFormat;
  #partial: Buffer | null = null;
  #filled = 0;
  #wanted = 0;

  constructor(format: FrameFormat) {
    this.#format = format;
  }

  /** True while a frame has begun but not ended: the caller's time-out for half-sent frames looks at this. */
  get midFrame(): boolean {
    return this.#filled > 0;
  }

  /** Bytes held of an unfinished frame. */
  get heldBytes(): number {
    return this.#filled;
  }

  /** Takes a chunk and hands each completed frame to `onFrame`. Frames may alias `chunk`. Throws FrameError. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#filled > 0) {
        offset += this.#fill(chunk, offset);
        if (this.#wanted > 0 && this.#filled === this.#wanted) {
          const frame = (this.#partial as Buffer).subarray(0, this.#filled);
          this.#reset();
          onFrame(frame);
        }
        continue;
      }
      const left = chunk.length - offset;
      if (left < this.#format.headerLength) {
        this.#begin(chunk, offset, 0);
        return;
      }
      const size = this.#format.size(chunk, offset);
      if (left < size) {
        this.#begin(chunk, offset, size);
        return;
      }
      onFrame(chunk.subarray(offset, offset + size));
      offset += size;
    }
  }

  #begin(chunk: Buffer, offset: number, wanted: number): void {
    const left = chunk.length - offset;
    this.#partial = Buffer.allocUnsafe(Math.max(left, wanted > 0 ? Math.min(wanted, FIRST_CAPACITY) : FIRST_CAPACITY));
    chunk.copy(this.#partial, 0, offset);
    this.#filled = left;
    this.#wanted = wanted;
  }

  /** Copies as much of the chunk as belongs to the frame under way; returns how many bytes were taken. */
  #fill(chunk: Buffer, offset: number): number {
    const target = this.#wanted > 0 ? this.#wanted : this.#format.headerLength;
    const taken = Math.min(target - this.#filled, chunk.length - offset);
    this.#reserve(this.#filled + taken, target);
    chunk.copy(this.#partial as Buffer, this.#filled, offset, offset + taken);
    this.#filled += taken;
    if (this.#wanted === 0 && this.#filled >= this.#format.headerLength) {
      this.#wanted = this.#format.size(this.#partial as Buffer, 0);
    }
    return taken;
  }

  #reserve(needed: number, target: number): void {
    const partial = this.#partial as Buffer;
    if (needed <= partial.length) return;
    const grown = Buffer.allocUnsafe(Math.min(target, Math.max(needed, partial.length * 2)));
    partial.copy(grown, 0, 0, this.#filled);
    this.#partial = grown;
  }

  #reset(): void {
    this.#partial = null;
    this.#filled = 0;
    this.#wanted = 0;
  }
}
