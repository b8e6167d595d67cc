'use client';
// The move menu, loaded when it is first opened.
import { lazy, Suspense } from 'react';
import type { MoveMenuProps } from './move-menu.tsx';

const Loaded = lazy(() => import('./move-menu.tsx').then((module) => ({ default: module.MoveMenu })));

/** Shows nothing for the moment that it takes to load. */
export function MoveMenu(props: MoveMenuProps) {
  return (
    <Suspense>
      <Loaded {...props} />
    </Suspense>
  );
}
