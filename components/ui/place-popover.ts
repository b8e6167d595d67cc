// Places a floating box beside its anchor within the window. Sets positions through CSSOM only: the page's
// CSP allows no style attributes in markup.

export type Placement = 'bottom-start' | 'bottom-end' | 'top-start' | 'top-end' | 'top' | 'bottom';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const MARGIN = 8;

/**
 * Where a box of `size` goes beside `anchor` in a window of `view` (all in px): on the wanted side when it fits,
 * on the other when only that has room, never outside. `rtl` swaps start and end.
 */
export function popoverPosition(anchor: Box, size: { width: number; height: number }, view: { width: number; height: number }, placement: Placement, gap = 4, rtl = false): { left: number; top: number } {
  const below = anchor.top + anchor.height + gap;
  const above = anchor.top - gap - size.height;
  const fitsBelow = below + size.height <= view.height - MARGIN;
  const fitsAbove = above >= MARGIN;
  const wantsTop = placement.startsWith('top');
  const top = wantsTop ? (fitsAbove || !fitsBelow ? above : below) : fitsBelow || !fitsAbove ? below : above;

  const atLeft = anchor.left;
  const atRight = anchor.left + anchor.width - size.width;
  let left: number;
  if (placement.endsWith('start')) left = rtl ? atRight : atLeft;
  else if (placement.endsWith('end')) left = rtl ? atLeft : atRight;
  else left = anchor.left + anchor.width / 2 - size.width / 2;

  const clamp = (value: number, extent: number, limit: number) => Math.max(MARGIN, Math.min(value, limit - extent - MARGIN));
  return { left: clamp(left, size.width, view.width), top: clamp(top, size.height, view.height) };
}

/** Moves `floating` (fixed position) to its place beside `anchor`. */
export function placePopover(floating: HTMLElement, anchor: HTMLElement, placement: Placement, gap = 4): void {
  const rtl = document.documentElement.dir === 'rtl';
  const size = { width: floating.offsetWidth, height: floating.offsetHeight };
  const view = { width: document.documentElement.clientWidth, height: window.innerHeight };
  const { left, top } = popoverPosition(anchor.getBoundingClientRect(), size, view, placement, gap, rtl);
  floating.style.left = `${left}px`;
  floating.style.top = `${top}px`;
}
