'use client';
// When the chosen conversations come back: the usual times, or any.
import { useState } from 'react';
import { CalendarClock, Moon, Sofa, Sunrise } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import { useActions } from '../../_data/use-actions.ts';
import { currentView, navigate } from '../../_navigation/use-view.ts';
import { openConversation, withConversation } from '../../_navigation/view.ts';
import { clearSelection } from '../../_state/selection.ts';
import { snoozeTargets } from '../../_state/snooze-menu.ts';
import { useStore } from '../../_state/store.ts';
import { actionSlug } from '../list/use-list-controller.ts';
import { toLocalInput } from '../../../../components/format/local-time.ts';
import { snoozeTimes } from './snooze-times.ts';

const ICONS = { laterToday: Moon, tomorrow: Sunrise, weekend: Sofa, nextWeek: CalendarClock } as const;

function OpenMenu({ targets }: { targets: readonly string[] }) {
  const t = useT();
  const format = useFormat();
  const perform = useActions();
  const [times] = useState(() => snoozeTimes(new Date()));
  const [picked, setPicked] = useState(() => toLocalInput(times.find((time) => time.choice === 'tomorrow')!.at));
  const [past, setPast] = useState(false);
  const close = () => snoozeTargets.set(null);

  const until = (at: Date) => {
    close();
    const view = currentView();
    const open = openConversation(view);
    if (open !== null && targets.includes(open)) navigate(withConversation(view, null), 'replace');
    clearSelection();
    perform({ action: 'snooze', conversationIds: [...targets], slug: actionSlug(view), until: at });
  };
  const submit = () => {
    const at = new Date(picked);
    if (at.getTime() > Date.now()) until(at);
    else setPast(true);
  };

  return (
    <Dialog title={t('snooze.title')} closeLabel={t('app.close')} onClose={close} size="sm">
      <ul className="-mx-2 mb-3">
        {times.map(({ choice, at }, index) => {
          const Icon = ICONS[choice];
          return (
            <li key={choice}>
              <button type="button" data-autofocus={index === 0 ? '' : undefined} onClick={() => until(at)} className="focus-inset flex h-11 w-full items-center gap-3 rounded-md px-2 text-start text-base hover:bg-hover focus-visible:bg-hover">
                <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
                <span className="min-w-0 flex-1 truncate">{t(`snooze.${choice}`)}</span>
                <time dateTime={at.toISOString()} className="shrink-0 text-sm text-ink-3 tnum">
                  {format.comingDate(at.toISOString())}
                </time>
              </button>
            </li>
          );
        })}
      </ul>
      <form
        className="flex items-end gap-2 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField type="datetime-local" label={t('snooze.pick')} value={picked} min={toLocalInput(new Date())} onChange={(event) => setPicked(event.target.value)} error={past ? t('snooze.past') : undefined} required className="min-w-0 flex-1" />
        <Button type="submit" variant="primary" className="h-10">
          {t('snooze.set')}
        </Button>
      </form>
    </Dialog>
  );
}

/** Mounted while it is open. */
export function SnoozeMenu() {
  const targets = useStore(snoozeTargets);
  return targets && <OpenMenu key={targets.join()} targets={targets} />;
}
