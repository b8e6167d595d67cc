// The mailbox without a network: the app's own files, the page itself and what was read last, kept in this browser for
// one account at a time; and notices of new mail. Plain script: it is served as it stands. What is kept goes at sign-out,
// at the end of the session, and when somebody else signs in. Nothing is kept unless the page says so (`keep`).

const FILES = 'eider-files';
const MAIL = 'eider-mail';
const STATE = 'eider-state';
const STATE_KEY = '/eider-state';
const SHELL_KEY = '/eider-shell';
/** Answers of the API that are kept, the oldest given up first. */
const MAIL_MAX = 400;
/** Reads that are worth keeping: folders, labels, lists, conversations, messages and their bodies; not searches or files. */
const KEPT = [
  /^\/api\/me$/,
  /^\/api\/labels$/,
  /^\/api\/mailbox\/folders$/,
  /^\/api\/mailbox\/(folders\/[^/]+\/conversations|[a-z]+)$/,
  /^\/api\/conversations\/[^/]+$/,
  /^\/api\/emails\/(?!search$)[^/]+(\/(body|invitation|inline\/[^/]+))?$/,
];
const PAGES = /^\/(mail|search|settings)(\/|$)/;

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

const readState = async () => (await (await (await caches.open(STATE)).match(STATE_KEY))?.json()) ?? { account: null, keep: false };
const writeState = async (state) => (await caches.open(STATE)).put(STATE_KEY, Response.json(state));
const wipe = () => Promise.all([caches.delete(MAIL), caches.delete(STATE)]);

async function trim(cache, most) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** A new answer stands last, so that what was not read for longest goes first. */
async function keep(key, response) {
  const cache = await caches.open(MAIL);
  await cache.delete(key);
  await cache.put(key, response);
  await trim(cache, MAIL_MAX);
}

/** Says of an answer that it is a kept one: the page then prefers what it has. */
function marked(response) {
  const headers = new Headers(response.headers);
  headers.set('x-eider-kept', '1');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function answerRead(event, request) {
  try {
    const response = await fetch(request);
    if (response.status === 401) event.waitUntil(wipe());
    else if (response.ok && (await readState()).keep) event.waitUntil(keep(request.url, response.clone()));
    return response;
  } catch (error) {
    const kept = await (await caches.open(MAIL)).match(request.url);
    if (kept) return marked(kept);
    throw error;
  }
}

async function answerPage(event, request) {
  try {
    const response = await fetch(request);
    const { keep: wanted } = await readState();
    if (wanted && response.ok && !response.redirected && new URL(request.url).pathname === '/mail/inbox') event.waitUntil(keep(SHELL_KEY, response.clone()));
    return response;
  } catch (error) {
    const shell = await (await caches.open(MAIL)).match(SHELL_KEY);
    if (shell) return shell;
    throw error;
  }
}

/** Files named by their content never change. */
async function answerFile(event, request) {
  const cache = await caches.open(FILES);
  const known = await cache.match(request.url);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) event.waitUntil(cache.put(request.url, response.clone()));
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === '/api/session' && request.method === 'POST') return void event.waitUntil(wipe());
  if (request.method !== 'GET') return;
  if (url.pathname.startsWith('/_next/static/') || url.pathname.startsWith('/icons/')) event.respondWith(answerFile(event, request));
  else if (KEPT.some((path) => path.test(url.pathname))) event.respondWith(answerRead(event, request));
  else if (request.mode === 'navigate' && PAGES.test(url.pathname)) event.respondWith(answerPage(event, request));
});

/** Fetches the app's files that are not here yet, and forgets those of former versions. */
async function fetchFiles(files) {
  const cache = await caches.open(FILES);
  const wanted = new Set(files.map((file) => new URL(file, self.location.origin).href));
  const present = new Set((await cache.keys()).map((key) => key.url));
  await Promise.all([...present].filter((url) => url.includes('/_next/static/') && !wanted.has(url)).map((url) => cache.delete(url)));
  for (const url of wanted) {
    if (!present.has(url)) await cache.add(url).catch(() => undefined);
  }
}

async function begin({ account, keep: wanted, files }) {
  const before = await readState();
  if (before.account !== account || (before.keep && !wanted)) await caches.delete(MAIL);
  await writeState({ account, keep: wanted });
  if (!wanted) return;
  // The page that stands now is the one to come back to.
  const shell = await fetch('/mail/inbox', { credentials: 'same-origin' }).catch(() => null);
  if (shell?.ok && !shell.redirected) await keep(SHELL_KEY, shell);
  await fetchFiles(files);
}

self.addEventListener('message', (event) => {
  const { data } = event;
  const done = () => event.ports[0]?.postMessage('done');
  if (data?.type === 'begin') event.waitUntil(begin(data).then(done));
  if (data?.type === 'end') event.waitUntil(wipe().then(done));
});

async function showNotice(notice) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (windows.some((window) => window.focused)) return;
  await self.registration.showNotification(notice.title, {
    body: notice.body,
    tag: notice.tag,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    dir: 'auto',
    data: { path: notice.path },
  });
}

self.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(showNotice(event.data.json()));
});

async function openPath(path) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const open = windows.find((window) => PAGES.test(new URL(window.url).pathname));
  if (!open) return void (await self.clients.openWindow(path));
  await open.focus();
  open.postMessage({ type: 'open', path });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPath(event.notification.data.path));
});
