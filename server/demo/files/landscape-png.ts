// A small picture drawn in code: flat hills under a sun, as a PNG with a palette. Stands in for photographs.
import { crc32, deflateSync } from 'node:zlib';
import { seededRandom } from '../seeded-random.ts';

export type Palette = 'dawn' | 'sea' | 'forest' | 'dusk' | 'snow';

/** Sky (two tones), sun, then the hills from the farthest to the nearest. */
const COLOURS: Record<Palette, readonly string[]> = {
  dawn: ['fde2c8', 'f9c9a7', 'fff4df', 'e39a7f', 'b96f6a', '7d4a5b', '4a2f47'],
  sea: ['d9eef7', 'b5dcec', 'fffbe8', '7fbcd2', '4d94b5', '2a6b90', '17455f'],
  forest: ['e6f0dc', 'cde3c0', 'fdf6d2', '9fc48f', '6b9f68', '3f7450', '234a37'],
  dusk: ['35305f', '524583', 'ffd9a0', '6f5593', '4a3a74', '2f2853', '191634'],
  snow: ['eaf1f8', 'd5e2ef', 'fffdf4', 'c3d3e3', '9fb6cc', '7391ad', '4c6a86'],
};

/** The picture's bytes; the same for the same arguments. */
export function landscapePng(palette: Palette, seed: number, width = 640, height = 400): Buffer {
  const random = seededRandom(seed);
  const colours = COLOURS[palette];
  const hills = Array.from({ length: colours.length - 3 }, (_, layer) => ridge(random.next, layer, height));
  const sun = { x: width * (0.2 + 0.6 * random.next()), y: height * (0.18 + 0.15 * random.next()), radius: height * 0.09 };
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let index = y < height * 0.34 ? 0 : 1;
      if ((x - sun.x) ** 2 + (y - sun.y) ** 2 < sun.radius ** 2) index = 2;
      hills.forEach((top, layer) => {
        if (y > top(x / width)) index = 3 + layer;
      });
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  return png(width, height, colours, rows);
}

/** The height of one chain of hills at a place from 0 to 1. */
function ridge(next: () => number, layer: number, height: number): (place: number) => number {
  const base = height * (0.48 + 0.13 * layer);
  const waves = [1.3, 2.9, 6.7].map((frequency) => ({ frequency: frequency * (0.8 + 0.5 * next()), phase: next() * 6.28 }));
  return (place) =>
    waves.reduce((y, { frequency, phase }) => y + (Math.sin(place * 6.28 * frequency + phase) * height * 0.055) / Math.sqrt(frequency), base);
}

function png(width: number, height: number, colours: readonly string[], rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours.join(''), 'hex')),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
