'use client';
// Which messages are being written, and where each is shown. What they consist of is compose-model.ts's.
import type { ReplyMode } from '../../../server/web/contract/compose.ts';
import type { KeptDraft } from './compose-model.ts';
import { createStore, useStore } from '../_state/store.ts';

export type ComposeRequest =
  | { kind: 'new'; to?: string }
  | { kind: 'draft'; emailId: string }
  /** What the browser kept while the server was away. */
  | { kind: 'kept'; kept: KeptDraft }
  /** A draft by its own id, whose copy need not be in Drafts yet. */
  | { kind: 'stored'; draftId: string }
  | { kind: 'reply'; emailId: string; mode: ReplyMode; conversationId: string };

/** `inline`: below the conversation that it answers; `docked`: at the window's foot; `full`: over the page. */
export type Placement = 'inline' | 'docked' | 'full';

export interface ComposeWindow {
  id: string;
  request: ComposeRequest;
  placement: Placement;
  minimised: boolean;
}

export const windowStore = createStore<readonly ComposeWindow[]>([]);
let lastId = 0;

const sameSource = (a: ComposeRequest, b: ComposeRequest) =>
  (a.kind === 'stored' && b.kind === 'stored' && a.draftId === b.draftId) ||
  (a.kind === 'draft' && b.kind === 'draft' && a.emailId === b.emailId) || (a.kind === 'reply' && b.kind === 'reply' && a.emailId === b.emailId && a.mode === b.mode);

/** Opens a window, or brings forward the one that already has this draft or answer. Returns its id. */
export function openCompose(request: ComposeRequest): string {
  const existing = windowStore.get().find((each) => sameSource(each.request, request));
  if (existing) {
    changeWindow(existing.id, { minimised: false });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-compose="${existing.id}"] [contenteditable=true]`)?.focus());
    return existing.id;
  }
  lastId += 1;
  const opened: ComposeWindow = { id: `compose-${lastId}`, request, placement: request.kind === 'reply' ? 'inline' : 'docked', minimised: false };
  const isSpare = (each: ComposeWindow) => opened.placement === 'inline' && each.placement === 'inline' && each.request.kind === 'reply' && each.request.conversationId === (request.kind === 'reply' ? request.conversationId : '');
  // A conversation has room for one answer at a time: an earlier one moves to the dock.
  windowStore.set((now) => [...now.map((each) => (isSpare(each) ? { ...each, placement: 'docked' as const, minimised: true } : each)), opened]);
  return opened.id;
}

/** Moves, minimises or restores a window. */
export function changeWindow(id: string, change: Partial<Pick<ComposeWindow, 'placement' | 'minimised'>>): void {
  windowStore.set((now) => now.map((each) => (each.id === id ? { ...each, ...change } : each)));
}

/** Takes the window away; saving or discarding has been seen to before. */
export function closeWindow(id: string): void {
  windowStore.set((now) => now.filter((each) => each.id !== id));
}

/** The window that stands below a conversation, or null. */
export function useInlineWindow(conversationId: string): string | null {
  return useStore(windowStore, (windows) => windows.find((each) => each.placement === 'inline' && each.request.kind === 'reply' && each.request.conversationId === conversationId)?.id ?? null);
}
