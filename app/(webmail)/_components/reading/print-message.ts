// Prints one message: its text in a window of its own, without the app around it.

/** `card` is the element that shows the message. Without a text document it prints the page. */
export function printMessage(card: HTMLElement, title: string): void {
  const frame = card.querySelector('iframe');
  if (frame?.contentDocument) {
    const view = window.open(frame.src, '_blank', 'noopener=no');
    view?.addEventListener('load', () => view.print());
    return;
  }
  const before = document.title;
  document.title = title;
  card.setAttribute('data-printing', '');
  window.print();
  card.removeAttribute('data-printing');
  document.title = before;
}
