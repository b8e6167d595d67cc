'use client';
// An HTML message in a document of its own: no scripts run in it, it is as high as its content, and the keys
// pressed in it work as elsewhere. The server has folded quotations in it already.
import { useEffect, useRef, useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useIsDark } from '../../../../components/theme/look-store.ts';
import { cx } from '../../../../components/ui/cx.ts';
import { openCompose } from '../../_compose/compose-windows.ts';

const FIRST_HEIGHT = 160;
const MAX_HEIGHT = 60_000;

/** Heights seen before, so that a message opened again doesn't jump. */
const knownHeights = new Map<string, number>();

/** Keys pressed inside belong to the app: shortcuts don't stop working after a click into a message. */
function passKeysOn(event: KeyboardEvent): void {
  const copy = new KeyboardEvent('keydown', { key: event.key, code: event.code, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, shiftKey: event.shiftKey, bubbles: true, cancelable: true });
  if (!document.dispatchEvent(copy)) event.preventDefault();
}

/** Links to mail addresses open our own window. */
function composeOnMailto(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a[href^="mailto:" i]');
  if (!link) return;
  event.preventDefault();
  const address = (link.getAttribute('href') ?? '').slice('mailto:'.length).split('?')[0] ?? '';
  openCompose({ kind: 'new', to: decodeURIComponent(address) });
}

function contentHeight(content: Document): number {
  const root = content.documentElement.getBoundingClientRect().height;
  const wide = content.documentElement.scrollWidth > content.documentElement.clientWidth;
  return Math.min(MAX_HEIGHT, Math.ceil(Math.max(root, content.body.scrollHeight * Number(root < 24))) + (wide ? 16 : 0));
}

export interface HtmlFrameProps {
  /** Of the message's document, without a query. */
  bodyUrl: string;
  /** null follows the settings. */
  images: boolean | null;
}

/** Shows the document at `bodyUrl`. */
export function HtmlFrame({ bodyUrl, images }: HtmlFrameProps) {
  const t = useT();
  const dark = useIsDark();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(() => knownHeights.get(bodyUrl) ?? FIRST_HEIGHT);
  const [loaded, setLoaded] = useState(false);
  const query = new URLSearchParams({ theme: dark ? 'dark' : 'light', ...(images === null ? {} : { images: images ? '1' : '0' }) });
  const src = `${bodyUrl}?${query.toString()}`;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let observer: ResizeObserver | null = null;
    const prepare = () => {
      const content = element.contentDocument;
      if (!content?.body || content.URL === 'about:blank') return;
      observer?.disconnect();
      const measure = () => {
        const next = contentHeight(content);
        if (next <= 0) return;
        knownHeights.set(bodyUrl, next);
        setHeight(next);
      };
      observer = new ResizeObserver(measure);
      observer.observe(content.documentElement);
      observer.observe(content.body);
      content.addEventListener('keydown', passKeysOn);
      content.addEventListener('click', composeOnMailto);
      measure();
      setLoaded(true);
    };
    element.addEventListener('load', prepare);
    if (element.contentDocument?.readyState === 'complete') prepare();
    return () => {
      element.removeEventListener('load', prepare);
      observer?.disconnect();
    };
  }, [src, bodyUrl]);

  return (
    <iframe
      ref={frame}
      key={src}
      src={src}
      title={t('read.frame')}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      style={{ height }}
      className={cx('block w-full border-0 transition-opacity duration-150', loaded ? 'opacity-100' : 'opacity-0')}
    />
  );
}
