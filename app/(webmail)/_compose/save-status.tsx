'use client';
// Tells whether what is written is safe.
import { Check, CloudOff } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import type { SaveState } from './compose-state.ts';

/** A live region: changes are announced, at the reader's pace. */
export function SaveStatus({ save, onRetry }: { save: SaveState; onRetry: () => void }) {
  const t = useT();
  const format = useFormat();
  return (
    <span role="status" className="min-w-0 truncate text-xs text-ink-3">
      {save.kind === 'saving' && t('compose.saving')}
      {save.kind === 'saved' && (
        <span className="inline-flex items-center gap-1">
          <Check aria-hidden className="size-3.5" />
          {t('compose.saved', { time: format.time(save.at) })}
        </span>
      )}
      {save.kind === 'failed' && (
        <span className="inline-flex items-center gap-1.5 text-danger" title={save.message}>
          <CloudOff aria-hidden className="size-3.5" />
          {t('compose.notSaved')}
          <button type="button" className="font-semibold underline underline-offset-2" onClick={onRetry}>
            {t('compose.retrySave')}
          </button>
        </span>
      )}
    </span>
  );
}
