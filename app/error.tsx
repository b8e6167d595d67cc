'use client';
// Catches what breaks while rendering any page, and offers to try again. Every page loads this: it has no parts.
import { useEffect } from 'react';
import { useT } from '../components/i18n/i18n.tsx';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useT();
  useEffect(() => console.error(error), [error]);
  return (
    <main role="alert" className="grid min-h-dvh place-content-center gap-2 px-6 text-center">
      <h1 className="text-lg font-semibold">{t('error.title')}</h1>
      <p className="text-ink-2">{t('error.text')}</p>
      <button type="button" onClick={reset} className="mx-auto mt-3 h-9 rounded-md border border-line-strong bg-raised px-3.5 text-sm font-medium hover:bg-hover">
        {t('app.retry')}
      </button>
    </main>
  );
}
