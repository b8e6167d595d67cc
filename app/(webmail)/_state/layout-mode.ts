'use client';
// Which of the three layouts shows: phone (one thing at a time), single (sidebar and one pane), split (list beside
// the conversation). CSS decides the same by the "split" variant and breakpoints in styles/.
import { useSyncExternalStore } from 'react';
import { useLook } from '../../../components/theme/look-store.ts';
import type { Density } from '../../../components/theme/preferences.ts';

export type LayoutMode = 'phone' | 'single' | 'split';

const QUERIES = { md: '(min-width: 48rem)', xl: '(min-width: 74rem)' } as const;

function useMedia(query: string, onServer: boolean): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
    () => onServer,
  );
}

/** The layout now. */
export function useLayoutMode(): LayoutMode {
  const { readingPane } = useLook();
  const wide = useMedia(QUERIES.md, true);
  const widest = useMedia(QUERIES.xl, true);
  if (!wide) return 'phone';
  return widest && readingPane === 'right' ? 'split' : 'single';
}

const ROW_PX: Record<LayoutMode, Record<Density, number>> = {
  phone: { comfortable: 84, compact: 68 },
  single: { comfortable: 44, compact: 36 },
  split: { comfortable: 84, compact: 64 },
};

/** Height of a list row in px. */
export const rowHeight = (mode: LayoutMode, density: Density): number => ROW_PX[mode][density];
