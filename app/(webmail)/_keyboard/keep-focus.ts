// Keyboards and screen readers lose their place when what had the focus goes (a sent answer, an archived row): then the
// focus goes on to what is read or listed.

/** Where it goes, the first that is to be seen. */
const PLACES = ['article[data-open="true"]', '[data-row-link][tabindex="0"]', '#content'] as const;

const seen = (element: HTMLElement): boolean => element.checkVisibility?.() !== false && element.closest('[inert]') === null;

/** Gives the focus a place if it has none. The last of several messages is the newest. */
export function settleFocus(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  for (const place of PLACES) {
    const found = [...document.querySelectorAll<HTMLElement>(place)].filter(seen).at(place.startsWith('article') ? -1 : 0);
    if (found) return found.focus({ preventScroll: true });
  }
}

/** Follows the focus until the returned function is called. */
export function keepFocus(): () => void {
  let timer = 0;
  let keys = false;
  const soon = (event: Event) => {
    if (event.type === 'keydown') keys = true;
    if (event.type === 'pointerdown') keys = false;
    // After those who move it on themselves. With a pointer nobody loses a place.
    window.clearTimeout(timer);
    if (keys) timer = window.setTimeout(settleFocus, 120);
  };
  const events = ['keydown', 'pointerdown', 'focusout'] as const;
  for (const name of events) document.addEventListener(name, soon, true);
  return () => {
    window.clearTimeout(timer);
    for (const name of events) document.removeEventListener(name, soon, true);
  };
}
