'use client';
// Loads what is needed for writing when the first message is begun, or when the browser has nothing else to do.
import { lazy, Suspense, useEffect } from 'react';
import { useStore } from '../_state/store.ts';
import { windowStore } from './compose-windows.ts';

const loadDock = () => import('./compose-dock.tsx');
const loadEditor = () => import('./editor.tsx');
const ComposeDock = lazy(loadDock);

const IDLE_MS = 4_000;

/** Mounted once. */
export function ComposeLayer() {
  const any = useStore(windowStore, (windows) => windows.length > 0);
  useEffect(() => {
    const warm = () => {
      void loadDock();
      void loadEditor();
    };
    const timer = window.setTimeout(() => (window.requestIdleCallback ? window.requestIdleCallback(warm) : warm()), IDLE_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return <Suspense>{any && <ComposeDock />}</Suspense>;
}
