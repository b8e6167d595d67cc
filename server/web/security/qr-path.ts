// A QR code as one SVG path, drawn by the page in the colours that scanners need.
import { create } from 'qrcode';
import type { QrCode } from '../contract/security.ts';

/** Error correction M; each dark run of a row is one rectangle. */
export function qrPath(text: string): QrCode {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!data[y * size + x]) continue;
      const from = x;
      while (x < size && data[y * size + x]) x += 1;
      path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  }
  return { size, path };
}
