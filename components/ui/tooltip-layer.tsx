'use client';
// One tooltip for the whole page, shown for whatever carries data-tip. Names for assistive technology come from
// the controls themselves; this is only for the eye.
import { useEffect, useRef } from 'react';
import { placePopover } from './place-popover.ts';

const DELAY_MS = 450;

/** Mounted once in the root layout. */
export function TooltipLayer() {
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer = 0;
    let shownFor: HTMLElement | null = null;

    const hide = () => {
      window.clearTimeout(timer);
      shownFor = null;
      if (box.current?.matches(':popover-open')) box.current.hidePopover();
    };
    const show = (target: HTMLElement) => {
      const tip = box.current;
      if (!tip || !target.isConnected || !target.dataset.tip) return;
      const [text, keys] = [tip.children[0], tip.children[1]];
      if (text) text.textContent = target.dataset.tip;
      if (keys instanceof HTMLElement) {
        keys.textContent = target.dataset.tipKeys ?? '';
        keys.hidden = !target.dataset.tipKeys;
      }
      if (!tip.matches(':popover-open')) tip.showPopover();
      placePopover(tip, target, 'bottom', 6);
    };
    const over = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
      if (target === shownFor) return;
      hide();
      if (!target || target.getAttribute('aria-expanded') === 'true') return;
      if (event.type === 'focusin' && !target.matches(':focus-visible')) return;
      shownFor = target;
      timer = window.setTimeout(() => show(target), DELAY_MS);
    };

    const touchless = window.matchMedia('(hover: hover)');
    const pointerOver = (event: Event) => touchless.matches && over(event);
    document.addEventListener('pointerover', pointerOver);
    document.addEventListener('focusin', over);
    document.addEventListener('pointerdown', hide, true);
    document.addEventListener('keydown', hide, true);
    window.addEventListener('scroll', hide, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', pointerOver);
      document.removeEventListener('focusin', over);
      document.removeEventListener('pointerdown', hide, true);
      document.removeEventListener('keydown', hide, true);
      window.removeEventListener('scroll', hide, true);
    };
  }, []);

  return (
    <div
      ref={box}
      popover="manual"
      aria-hidden
      className="pointer-events-none fixed m-0 max-w-72 rounded-sm border-0 bg-toast px-2 py-1 text-xs font-medium text-on-toast shadow-2"
    >
      <span />
      <span className="ms-2 text-on-toast/70" hidden />
    </div>
  );
}
