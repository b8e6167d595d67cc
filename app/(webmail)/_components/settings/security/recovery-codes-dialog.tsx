'use client';
// Recovery codes, the once that they are shown.
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Dialog } from '../../../../../components/ui/dialog.tsx';
import { showToast } from '../../../_state/toasts.ts';

export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const t = useT();
  const text = `${codes.join('\n')}\n`;
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = 'recovery-codes.txt';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Dialog
      title={t('security.recovery.dialog')}
      closeLabel={t('app.close')}
      onClose={onClose}
      size="sm"
      footer={
        <Button variant="primary" data-autofocus onClick={onClose}>
          {t('security.recovery.done')}
        </Button>
      }
    >
      <p className="mb-4 text-base text-ink-2">
        {t('security.recovery.hint')} {t('security.recovery.once')}
      </p>
      <ul aria-label={t('security.recovery')} className="grid grid-cols-2 gap-x-4 gap-y-2 rounded-lg bg-pressed p-4 font-mono text-base">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex gap-2">
        <Button size="sm" onClick={() => void navigator.clipboard.writeText(text).then(() => showToast({ text: t('security.recovery.copied') }))}>
          {t('security.recovery.copy')}
        </Button>
        <Button size="sm" onClick={download}>
          {t('security.recovery.download')}
        </Button>
      </div>
    </Dialog>
  );
}
