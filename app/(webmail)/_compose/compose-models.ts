'use client';
// The models of the open windows: they outlive the components, so that a window can move from the conversation to
// the dock without losing a letter.
import { useEffect, useState } from 'react';
import type { Draft } from '../../../server/web/contract/compose.ts';
import { useStore } from '../_state/store.ts';
import { useMe } from '../_data/use-me.ts';
import { ComposeModel } from './compose-model.ts';
import { keeperFor } from './kept-drafts.ts';
import { beginCompose, composeServer } from './compose-server.ts';
import type { ComposeState } from './compose-state.ts';
import { windowStore } from './compose-windows.ts';
import type { ComposeWindow } from './compose-windows.ts';

const models = new Map<string, ComposeModel>();

/** The model of a window; made and filled at the first call. */
export function useComposeModel(windowId: string): { model: ComposeModel; state: ComposeState; reload: () => void } {
  const me = useMe();
  const [model] = useState(() => {
    const existing = models.get(windowId);
    if (existing) return existing;
    const created = new ComposeModel(composeServer, keeperFor(me?.account.id ?? ''));
    models.set(windowId, created);
    return created;
  });
  const state = useStore(model.store);
  const load = () => {
    const request = windowStore.get().find((each) => each.id === windowId)?.request;
    if (request && me) void beginCompose(model, request, me);
  };
  const ready = me !== undefined;
  useEffect(() => {
    if (ready && model.state.phase === 'loading') load();
    // Filled once; a failed start is tried again by the user.
  }, [ready, model]);
  return { model, state, reload: load };
}

/** Forgets the model of a window that has gone. */
export function dropModel(windowId: string): void {
  models.get(windowId)?.dispose();
  models.delete(windowId);
}

/** Brings a window back that went when its message was sent: with everything in it, where it was. */
export function reviveWindow(window: ComposeWindow, model: ComposeModel, draft: Draft): void {
  model.resume(draft);
  models.set(window.id, model);
  windowStore.set((now) => [...now.filter((each) => each.id !== window.id), { ...window, minimised: false }]);
}

/** Saves everything when the tab is hidden, and warns before work would be lost with the page. Mounted once. */
export function useSaveOnLeave(): void {
  useEffect(() => {
    const hidden = () => {
      if (document.visibilityState === 'hidden') for (const model of models.values()) void model.saveNow(true);
    };
    const leaving = (event: BeforeUnloadEvent) => {
      if ([...models.values()].some((model) => model.atRisk)) event.preventDefault();
    };
    const online = () => {
      for (const model of models.values()) if (model.state.save.kind === 'failed') void model.saveNow();
    };
    document.addEventListener('visibilitychange', hidden);
    window.addEventListener('beforeunload', leaving);
    window.addEventListener('online', online);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      window.removeEventListener('beforeunload', leaving);
      window.removeEventListener('online', online);
    };
  }, []);
}
