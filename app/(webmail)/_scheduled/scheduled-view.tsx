'use client';
// The messages that wait to leave, the next first.
import { lazy, Suspense, useState } from 'react';
import { CalendarClock, CircleAlert, CloudAlert, Ellipsis, PencilLine, Send, Trash2 } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../components/ui/menu.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import type { HeldSend } from '../../../server/web/contract/compose.ts';
import { useHeldActions, useHeldSends } from './use-held-sends.ts';

const ScheduleDialog = lazy(() => import('../_compose/schedule-dialog.tsx').then((module) => ({ default: module.ScheduleDialog })));

type HeldActions = ReturnType<typeof useHeldActions>;

function HeldRow({ send, actions, onReschedule }: { send: HeldSend; actions: HeldActions; onReschedule: () => void }) {
  const t = useT();
  const format = useFormat();
  const subject = send.subject.trim() || t('list.noSubject');
  const people = send.to.map((person) => person.name || person.address).join(', ');
  return (
    <li className="flex items-center gap-3 border-b border-line/60 py-2 ps-4 pe-2 hover:bg-sunken">
      <button type="button" aria-label={t('scheduled.edit', { subject })} onClick={() => actions.takeBack(send, true)} className="min-w-0 flex-1 rounded-sm py-0.5 text-start">
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate text-base">
            <bdi>{t('list.to', { names: people })}</bdi>
          </span>
          <time dateTime={send.sendAt} className="shrink-0 text-xs text-ink-3 tnum">
            {format.fullDate(send.sendAt)}
          </time>
        </span>
        <span className="block truncate text-sm text-ink-2">
          <bdi className="text-ink">{subject}</bdi>
          {send.snippet && <span className="text-ink-3"> — {send.snippet}</span>}
        </span>
        {send.failure && (
          <span className="mt-0.5 flex items-center gap-1.5 text-xs text-danger">
            <CircleAlert aria-hidden className="size-3.5 shrink-0" />
            {t('scheduled.failure', { reason: send.failure })}
          </span>
        )}
      </button>
      <IconButton label={t('scheduled.sendNow', { subject })} icon={<Send className="size-4 rtl:-scale-x-100" />} className="max-sm:hidden" onClick={() => actions.sendNow(send)} />
      <Menu label={t('scheduled.menu', { subject })} placement="bottom-end" trigger={(props) => <IconButton {...props} label={t('scheduled.menu', { subject })} icon={<Ellipsis className="size-4" />} />}>
        <MenuItem icon={<PencilLine />} onSelect={() => actions.takeBack(send, true)}>
          {t('scheduled.editShort')}
        </MenuItem>
        <MenuItem icon={<Send />} onSelect={() => actions.sendNow(send)}>
          {t('scheduled.sendNowShort')}
        </MenuItem>
        <MenuItem icon={<CalendarClock />} onSelect={onReschedule}>
          {t('scheduled.reschedule')}
        </MenuItem>
        <MenuItem icon={<Trash2 />} onSelect={() => actions.takeBack(send, false)}>
          {t('scheduled.cancel')}
        </MenuItem>
      </Menu>
    </li>
  );
}

/** Loaded when it is first looked at. */
export function ScheduledView() {
  const t = useT();
  const { data, error, refetch } = useHeldSends();
  const actions = useHeldActions();
  const [moving, setMoving] = useState<HeldSend | null>(null);
  let body = <div aria-hidden className="m-4 h-12 skeleton" />;
  if (error && !data) {
    body = (
      <Notice icon={<CloudAlert />} title={t('error.load')} alert action={<Button onClick={() => void refetch()}>{t('app.retry')}</Button>}>
        {error.message}
      </Notice>
    );
  } else if (data?.length === 0) {
    body = (
      <Notice icon={<CalendarClock />} title={t('scheduled.empty')}>
        {t('scheduled.emptyHint')}
      </Notice>
    );
  } else if (data) {
    body = (
      <ul aria-label={t('scheduled.title')} className="min-h-0 flex-1 overflow-y-auto">
        {data.map((send) => (
          <HeldRow key={send.id} send={send} actions={actions} onReschedule={() => setMoving(send)} />
        ))}
      </ul>
    );
  }
  return (
    <section className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center border-b border-line px-4">
        <h1 className="text-lg font-semibold">{t('scheduled.title')}</h1>
      </header>
      {body}
      <Suspense>{moving && <ScheduleDialog at={new Date(moving.sendAt)} onClose={() => setMoving(null)} onPick={(at) => actions.reschedule(moving, at)} />}</Suspense>
    </section>
  );
}
