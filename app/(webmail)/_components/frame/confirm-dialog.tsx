'use client';
// Shows the question of _state/confirm.ts.
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { questionStore } from '../../_state/confirm.ts';
import { useStore } from '../../_state/store.ts';

/** Mounted once. */
export function ConfirmDialog() {
  const t = useT();
  const question = useStore(questionStore);
  if (!question) return null;
  const close = () => questionStore.set(null);
  return (
    <Dialog
      title={question.title}
      closeLabel={t('app.close')}
      onClose={close}
      size="sm"
      footer={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button
            variant={question.danger ? 'danger' : 'primary'}
            data-autofocus
            onClick={() => {
              close();
              question.onConfirm();
            }}
          >
            {question.confirmLabel}
          </Button>
        </>
      }
    >
      <p className="text-base text-ink-2">{question.text}</p>
    </Dialog>
  );
}
