'use client';
// How many actions wait in this browser for the server. Kept by _offline/outbox.ts.
import { createStore } from './store.ts';

export const waitingActions = createStore(0);
