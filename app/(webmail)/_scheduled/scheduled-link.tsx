'use client';
// The way to the waiting messages, shown while there are any. After a page was closed within the time for undoing, it
// also offers that again.
import { useEffect, useRef } from 'react';
import { CalendarClock } from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { loadTexts } from '../../../components/i18n/load-texts.ts';
import { openCompose } from '../_compose/compose-windows.ts';
import { offerTakeBack } from '../_compose/undo-send.ts';
import { ITEM_CLASS } from '../_components/frame/folder-link.tsx';
import { useView } from '../_navigation/use-view.ts';
import { ViewLink } from '../_navigation/view-link.tsx';
import { useHeldSends } from './use-held-sends.ts';

/** Only what was sent from a page that is gone: its own offers stand already. */
let offered = false;

export default function ScheduledLink() {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const view = useView();
  const { data } = useHeldSends();
  const known = useRef(data);
  useEffect(() => {
    if (offered || known.current || !data) return;
    offered = true;
    const last = data.findLast((send) => !send.scheduled);
    // The words are those of writing, which few visits load.
    if (last) void loadTexts('compose').then(() => offerTakeBack({ client, t, text: t('compose.sent'), sendId: last.id, heldUntil: last.sendAt, onBack: (draft) => void openCompose({ kind: 'stored', draftId: draft.id }) }));
  }, [data, client, t]);
  const current = view.kind === 'page' && view.page === 'scheduled';
  const waiting = data?.filter((send) => send.scheduled).length ?? 0;
  if (waiting === 0 && !current) return null;
  return (
    <li>
      <ViewLink to={{ kind: 'page', page: 'scheduled' }} aria-current={current ? 'page' : undefined} className={ITEM_CLASS}>
        <CalendarClock aria-hidden className="size-4" />
        <span className="min-w-0 flex-1 truncate">{t('nav.scheduled')}</span>
        {waiting > 0 && <span className="text-xs text-ink-3 tnum">{format.number(waiting)}</span>}
      </ViewLink>
    </li>
  );
}
