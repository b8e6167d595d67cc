'use client';
// Hands the service worker what it needs to show the mailbox without a network, and takes it all back at sign-out.
import { BROWSER_DATABASES } from '../_compose/browser-store.ts';
import type { Me } from '../../../server/web/contract/session.ts';

const WORKER = '/service-worker.js';
/** Signing out waits for the worker no longer than this. */
const LONGEST_WAIT_MS = 2_000;

const possible = () => 'serviceWorker' in navigator && window.isSecureContext;

function tell(worker: ServiceWorker, message: unknown): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    worker.postMessage(message, [port2]);
  });
}

/** Registers the worker, which keeps mail only on devices that stay signed in. Quiet when the browser has none. */
export async function beginOffline(me: Me): Promise<void> {
  if (!possible()) return;
  await navigator.serviceWorker.register(WORKER);
  const { active } = await navigator.serviceWorker.ready;
  if (!active) return;
  const keep = me.remembered;
  const files = keep ? ((await (await fetch('/offline-files.json')).json()) as string[]) : [];
  await tell(active, { type: 'begin', account: me.account.id, keep, files });
}

/** Leaves nothing of the account in this browser: drafts, files, waiting actions, kept mail. */
export async function endOffline(): Promise<void> {
  for (const name of BROWSER_DATABASES) indexedDB.deleteDatabase(name);
  if (!possible()) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const late = new Promise<void>((resolve) => {
    window.setTimeout(resolve, LONGEST_WAIT_MS);
  });
  if (registration?.active) await Promise.race([tell(registration.active, { type: 'end' }), late]);
}
