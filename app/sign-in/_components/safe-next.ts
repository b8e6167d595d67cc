// Where to go after signing in: only to pages of our own.

const HOME = '/mail/inbox';

/** `next` from the address bar, when it is a path of this site's webmail; the inbox otherwise. */
export function safeNext(next: string | null): string {
  if (!next || !/^\/(mail|search|settings)(\/|\?|$)/.test(next) || next.includes('\\')) return HOME;
  const url = new URL(next, 'http://this.site');
  return url.host === 'this.site' ? url.pathname + url.search : HOME;
}
