'use client';
// One question at a time that must be answered before something happens. Shown by _components/frame/confirm-dialog.tsx.
import { createStore } from './store.ts';

export interface Question {
  title: string;
  text: string;
  confirmLabel: string;
  danger?: boolean;
  onConfirm: () => void;
}

export const questionStore = createStore<Question | null>(null);

const ask = (question: Question) => questionStore.set(question);

/** Returns the function that asks. */
export const useConfirm = (): ((question: Question) => void) => ask;
