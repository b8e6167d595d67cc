'use client';
// Keeps the search on screen under a name, or forgets it.
import { useState } from 'react';
import { Bookmark, BookmarkCheck } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import { useMe, useUpdateSettings } from '../../_data/use-me.ts';
import { showToast } from '../../_state/toasts.ts';

/** The contract's limit. */
const LIMIT = 50;

function NameDialog({ q, onClose }: { q: string; onClose: () => void }) {
  const t = useT();
  const saved = useMe()?.settings.savedSearches ?? [];
  const update = useUpdateSettings();
  const [name, setName] = useState(q.slice(0, 60));
  const wanted = name.trim();
  const taken = saved.some((search) => search.name.toLowerCase() === wanted.toLowerCase());
  const full = saved.length >= LIMIT;
  const submit = () => {
    if (wanted === '' || taken || full) return;
    update.mutate(
      { savedSearches: [...saved, { name: wanted, q }] },
      {
        onSuccess: () => {
          onClose();
          showToast({ text: t('saved.saved', { name: wanted }) });
        },
      },
    );
  };
  return (
    <Dialog title={t('saved.save')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField label={t('saved.name')} value={name} onChange={(event) => setName(event.target.value)} error={full ? t('saved.full') : taken ? t('saved.taken') : update.error?.message} maxLength={60} autoFocus autoComplete="off" />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" variant="primary" busy={update.isPending}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** At the end of the chips of a search. */
export function SaveSearch({ q }: { q: string }) {
  const t = useT();
  const me = useMe();
  const update = useUpdateSettings();
  const [naming, setNaming] = useState(false);
  const wanted = q.trim();
  if (!me || wanted === '' || wanted === 'is:starred') return null;
  const { savedSearches } = me.settings;
  const saved = savedSearches.find((search) => search.q === wanted);
  const forget = () => {
    if (!saved) return;
    update.mutate(
      { savedSearches: savedSearches.filter((search) => search !== saved) },
      {
        onSuccess: () => showToast({ text: t('saved.removed', { name: saved.name }) }),
        onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
      },
    );
  };
  const Icon = saved ? BookmarkCheck : Bookmark;
  return (
    <>
      <button type="button" onClick={() => (saved ? forget() : setNaming(true))} className="ms-auto inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium text-ink-2 hover:bg-hover">
        <Icon aria-hidden className="size-3.5" />
        {saved ? t('saved.remove') : t('saved.save')}
      </button>
      {naming && <NameDialog q={wanted} onClose={() => setNaming(false)} />}
    </>
  );
}
