'use client';
// The pane beside (or over) the list and its states: nothing picked, loading, failed, gone, a conversation.
import { lazy, Suspense, useEffect, useState } from 'react';
import { CloudAlert, MailOpen, MailX } from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { Button } from '../../../../components/ui/button.tsx';
import { Notice } from '../../../../components/ui/notice.tsx';
import { prefetchConversation, useConversation } from '../../_data/use-conversation.ts';
import { useFolder } from '../../_data/use-folders.ts';
import { whenIdle } from '../../_state/when-idle.ts';
import { navigate } from '../../_navigation/use-view.ts';
import { withConversation } from '../../_navigation/view.ts';
import { MoveMenu } from '../list/move-menu-lazy.tsx';
import { actionSlug, neighbour } from '../list/use-list-controller.ts';
import type { ListController } from '../list/use-list-controller.ts';
import { ReadingSkeleton } from './reading-skeleton.tsx';

/** Kept out of the first load of a list; fetched as soon as the browser has nothing else to do. */
const loadView = () => withTexts(import('./conversation-view.tsx'), 'labels');
const ConversationView = lazy(() => loadView().then((module) => ({ default: module.ConversationView })));

function NothingOpen({ selected }: { selected: number }) {
  const t = useT();
  return (
    <Notice icon={<MailOpen />} title={selected > 0 ? t('read.selected.title', { n: selected }) : t('read.none.title')}>
      {t('read.none.text')}
      <span className="mt-3 block text-xs text-ink-3">{t('read.none.keys')}</span>
    </Notice>
  );
}

function OpenConversation({ list, id }: { list: ListController; id: string }) {
  const t = useT();
  const client = useQueryClient();
  const { rows, view } = list;
  const slug = actionSlug(view);
  const folderId = useFolder(slug)?.id;
  const { conversation, gone, error, retry } = useConversation(id, folderId, slug === null || folderId !== undefined);
  const [moving, setMoving] = useState(false);

  const ready = conversation !== undefined;
  useEffect(() => {
    if (!ready) return;
    for (const step of [1, -1] as const) {
      const next = neighbour(rows, id, step);
      if (next) prefetchConversation(client, next, folderId);
    }
  }, [ready, id, rows, client, folderId]);

  const back = <Button onClick={() => navigate(withConversation(view, null))}>{t('command.back')}</Button>;
  if (gone) {
    return (
      <Notice icon={<MailX />} title={t('read.gone.title')} action={back}>
        {t('read.gone.text')}
      </Notice>
    );
  }
  if (error) {
    return (
      <Notice icon={<CloudAlert />} title={t('error.load')} alert action={<Button onClick={retry}>{t('app.retry')}</Button>}>
        {error.message}
      </Notice>
    );
  }
  if (!conversation) return <ReadingSkeleton />;
  return (
    <>
      <Suspense fallback={<ReadingSkeleton />}>
        <ConversationView conversation={conversation} list={list} onMove={() => setMoving(true)} />
      </Suspense>
      {moving && <MoveMenu currentSlug={actionSlug(view)} onClose={() => setMoving(false)} onPick={(folder) => list.act('move', [id], { id: folder.id, label: folder.label })} />}
    </>
  );
}

/** `conversationId` from the URL. */
export function ReadingPane({ list, conversationId }: { list: ListController; conversationId: string | null }) {
  useEffect(() => whenIdle(() => void loadView()), []);
  return conversationId === null ? <NothingOpen selected={list.selection.ids.size} /> : <OpenConversation list={list} id={conversationId} />;
}
