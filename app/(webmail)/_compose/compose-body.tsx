'use client';
// A message being written in its states: being prepared, not to be had, written.
import { CloudAlert } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import { ComposeForm } from './compose-form.tsx';
import type { ComposeFormProps } from './compose-form.tsx';

function Preparing() {
  return (
    <div aria-hidden className="min-h-56 flex-1 px-4">
      {['w-1/3', 'w-1/2'].map((width) => (
        <div key={width} className="flex h-10.5 items-center border-b border-line">
          <span className={`h-3 skeleton ${width}`} />
        </div>
      ))}
    </div>
  );
}

/** `onReload` tries again to prepare it. */
export function ComposeBody({ onReload, ...form }: ComposeFormProps & { onReload: () => void }) {
  const t = useT();
  if (form.state.phase === 'loading') return <Preparing />;
  if (form.state.phase === 'load-failed') {
    return (
      <Notice icon={<CloudAlert />} title={t('compose.loadFailed')} alert action={<Button onClick={onReload}>{t('app.retry')}</Button>}>
        {form.state.loadError}
      </Notice>
    );
  }
  return <ComposeForm {...form} />;
}
