'use client';
// The quotation that goes along with an answer: folded, and shown in a document of its own where nothing runs.
import { useState } from 'react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { useIsDark } from '../../../components/theme/look-store.ts';
import { QuoteToggle } from '../_components/reading/quote-toggle.tsx';

const STYLE = 'font:14px/1.5 system-ui,sans-serif;margin:0;padding:8px 0;overflow-wrap:anywhere';

/** `html` as it will be sent. */
export function QuotedPreview({ html }: { html: string }) {
  const t = useT();
  const dark = useIsDark();
  const [shown, setShown] = useState(false);
  const colours = dark ? 'color-scheme:dark;color:#dfe5e7;background:transparent' : 'color-scheme:light;color:#38474c';
  return (
    <div className="px-4 pb-2">
      <QuoteToggle shown={shown} onToggle={() => setShown((now) => !now)} />
      {shown && <iframe title={t('compose.quoted')} sandbox="" srcDoc={`<!doctype html><meta charset="utf-8"><body style="${STYLE};${colours}">${html}`} className="mt-1 h-56 w-full rounded-md border border-line" />}
    </div>
  );
}
