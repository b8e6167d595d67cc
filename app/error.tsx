'use client';
// Catches what breaks while rendering any page, and offers to try again.
import { useEffect } from 'react';
import { TriangleAlert } from 'lucide-react';
import { useT } from '../components/i18n/i18n.tsx';
import { Button } from '../components/ui/button.tsx';
import { Notice } from '../components/ui/notice.tsx';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useT();
  useEffect(() => console.error(error), [error]);
  return (
    <main className="grid min-h-dvh place-items-center">
      <Notice icon={<TriangleAlert />} title={t('error.title')} alert action={<Button onClick={reset}>{t('app.retry')}</Button>}>
        {t('error.text')}
      </Notice>
    </main>
  );
}
