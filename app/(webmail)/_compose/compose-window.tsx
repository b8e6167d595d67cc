'use client';
// A floating window with a message being written: in the dock, enlarged, or over the whole phone.
import { Maximize2, Minimize2, Minus, X } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { cx } from '../../../components/ui/cx.ts';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { ComposeBody } from './compose-body.tsx';
import { useComposeModel } from './compose-models.ts';
import { changeWindow } from './compose-windows.ts';
import type { ComposeWindow as Window } from './compose-windows.ts';
import { useComposeActions } from './use-compose-actions.ts';

/** `phone`: fills the screen, nothing to minimise. */
export function ComposeWindow({ window: shown, phone }: { window: Window; phone: boolean }) {
  const t = useT();
  const { model, state, reload } = useComposeModel(shown.id);
  const actions = useComposeActions(shown.id, model);
  const title = state.subject.trim() || t('compose.newMessage');
  const full = shown.placement === 'full' && !phone;
  const minimised = shown.minimised && !phone;
  const toggle = () => changeWindow(shown.id, { minimised: !shown.minimised });

  return (
    <div
      role="dialog"
      aria-label={t('compose.window', { subject: title })}
      data-compose={shown.id}
      className={cx(
        'pointer-events-auto flex flex-col overflow-hidden bg-raised',
        phone && 'fixed inset-0 z-40 h-dvh',
        !phone && 'border border-line-strong/70 shadow-3 enter-rise',
        !phone && !full && 'rounded-t-xl border-b-0',
        !phone && !full && (minimised ? 'w-64' : 'h-[min(38rem,calc(100dvh-4.5rem))] w-[34rem] max-w-[calc(100vw-2rem)]'),
        full && 'fixed inset-x-0 inset-y-[5dvh] z-40 mx-auto w-[min(60rem,calc(100vw-4rem))] rounded-xl',
      )}
    >
      <div className={cx('flex shrink-0 items-center gap-0.5 ps-4 pe-1.5', phone ? 'h-14 border-b border-line' : 'h-10 bg-sunken')}>
        <button type="button" onClick={phone || full ? undefined : toggle} className={cx('min-w-0 flex-1 truncate text-start text-sm font-semibold', (phone || full) && 'cursor-default')}>
          {title}
        </button>
        {!phone && (
          <>
            {!full && <IconButton label={minimised ? t('compose.restore') : t('compose.minimise')} icon={<Minus className="size-4" />} size="sm" onClick={toggle} />}
            <IconButton
              label={full ? t('compose.shrink') : t('compose.maximise')}
              icon={full ? <Minimize2 className="size-3.5" /> : <Maximize2 className="size-3.5" />}
              size="sm"
              onClick={() => changeWindow(shown.id, { placement: full ? 'docked' : 'full', minimised: false })}
            />
          </>
        )}
        <IconButton label={t('compose.close')} keys="Esc" icon={<X className="size-4" />} size={phone ? 'lg' : 'sm'} onClick={actions.close} />
      </div>
      {!minimised && <ComposeBody model={model} state={state} actions={actions} inline={false} onReload={reload} />}
    </div>
  );
}
