'use client';
// A QR code, dark on white in every theme: scanners need the contrast and the quiet edge.
import type { QrCode } from '../../../../../server/web/contract/security.ts';

const EDGE = 4;

/** `label` says what it opens. */
export function QrPicture({ code, label }: { code: QrCode; label: string }) {
  const side = code.size + 2 * EDGE;
  return (
    <svg role="img" aria-label={label} viewBox={`${-EDGE} ${-EDGE} ${side} ${side}`} shapeRendering="crispEdges" className="size-52 shrink-0 rounded-md border border-line bg-[#fff]">
      <path d={code.path} fill="#000" />
    </svg>
  );
}
