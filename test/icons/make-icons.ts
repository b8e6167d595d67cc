// Draws the app's icons for home screens from app/icon.svg: `npm run icons`. What it makes is committed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const ROOT = join(import.meta.dirname, '../..');
const BACKGROUND = '#0b6470';
/** Launchers cut maskable icons to any shape within the inner 80 %. */
const SAFE_SHARE = 0.72;

const ICONS = [
  { name: 'icon-192.png', size: 192, maskable: false },
  { name: 'icon-512.png', size: 512, maskable: false },
  { name: 'maskable-192.png', size: 192, maskable: true },
  { name: 'maskable-512.png', size: 512, maskable: true },
  { name: 'apple-touch-icon.png', size: 180, maskable: true },
] as const;

/** The signs of status bars: shape only. */
const BADGE = { name: 'badge-96.png', size: 96 } as const;

const drawing = await readFile(join(ROOT, 'app/icon.svg'), 'utf8');
const at = (svg: string, size: number) => sharp(Buffer.from(svg), { density: 72 * (size / 32) }).resize(size, size);

for (const { name, size, maskable } of ICONS) {
  const inner = Math.round(size * SAFE_SHARE);
  const edge = Math.floor((size - inner) / 2);
  const drawn = maskable
    ? at(drawing, inner).extend({ top: edge, left: edge, bottom: size - inner - edge, right: size - inner - edge, background: BACKGROUND }).flatten({ background: BACKGROUND })
    : at(drawing, size);
  await writeFile(join(ROOT, 'public/icons', name), await drawn.png({ compressionLevel: 9 }).toBuffer());
}
const shape = drawing.replace(/<rect[^>]*>/, '');
await writeFile(join(ROOT, 'public/icons', BADGE.name), await at(shape, BADGE.size).png({ compressionLevel: 9 }).toBuffer());
