// Frames must come out alike however the stream was cut, and lies about lengths must cost nothing.
import { describe, expect, test } from 'vitest';
import { FrameAssembler, FrameError } from './frame-assembler.ts';
import { MAX_MESSAGE_BYTES, MONGO_FRAME } from './message.ts';

function frame(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes.writeInt32LE(length, 0);
  return bytes;
}

function collect(stream: Buffer, chunkSize: number): Buffer[] {
  const assembler = new FrameAssembler(MONGO_FRAME);
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length; at += chunkSize) {
    assembler.push(Buffer.from(stream.subarray(at, at + chunkSize)), (found) => frames.push(Buffer.from(found)));
  }
  expect(assembler.midFrame).toBe(false);
  return frames;
}

describe('cutting frames', () => {
  const frames = [frame(16, 1), frame(17, 2), frame(300, 3), frame(70_000, 4), frame(200_001, 5), frame(16, 6)];
  const stream = Buffer.concat(frames);

  test.each([1, 2, 3, 5, 15, 16, 17, 64, 999, 65_536, 100_000, stream.length])('chunks of %i bytes', (chunkSize) => {
    const found = collect(stream, chunkSize);
    expect(found.map((bytes) => bytes.length)).toEqual(frames.map((bytes) => bytes.length));
    expect(Buffer.concat(found).equals(stream)).toBe(true);
  });

  test('a frame in one chunk is not copied', () => {
    const assembler = new FrameAssembler(MONGO_FRAME);
    const chunk = frame(1000, 7);
    let aliased = false;
    assembler.push(chunk, (found) => (aliased = found.buffer === chunk.buffer && found.byteOffset === chunk.byteOffset));
    expect(aliased).toBe(true);
  });
});

describe('lying lengths', () => {
  test.each([0, 15, -1, MAX_MESSAGE_BYTES + 1, 0x7fffffff])('a length of %i is refused', (length) => {
    const head = Buffer.alloc(16);
    head.writeInt32LE(length, 0);
    expect(() => new FrameAssembler(MONGO_FRAME).push(head, () => undefined)).toThrow(FrameError);
  });

  test('refused also when the length itself comes in pieces', () => {
    const head = Buffer.alloc(4);
    head.writeInt32LE(MAX_MESSAGE_BYTES + 1, 0);
    const assembler = new FrameAssembler(MONGO_FRAME);
    assembler.push(head.subarray(0, 3), () => undefined);
    expect(() => assembler.push(head.subarray(3), () => undefined)).toThrow(FrameError);
  });

  test('announcing the largest message reserves no more than what arrived', () => {
    const assembler = new FrameAssembler(MONGO_FRAME);
    const head = Buffer.alloc(20);
    head.writeInt32LE(MAX_MESSAGE_BYTES, 0);
    const before = process.memoryUsage().arrayBuffers;
    assembler.push(head, () => undefined);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(assembler.heldBytes).toBe(20);
    expect(assembler.midFrame).toBe(true);
  });
});
