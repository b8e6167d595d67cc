'use client';
// The templates: renaming, changing and deleting them.
import { lazy, Suspense, useState } from 'react';
import { PencilLine, Trash2 } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import type { Template } from '../../../../server/web/contract/templates.ts';
import { useTemplateChanges, useTemplates } from '../../_compose/use-templates.ts';
import { roughText } from '../../_compose/message-html.ts';
import { useConfirm } from '../../_state/confirm.ts';
import { showToast } from '../../_state/toasts.ts';
import { SettingRow } from './setting-row.tsx';

const MessageEditor = lazy(() => import('../../_compose/editor.tsx'));
const nothing = () => undefined;
type Edited = Pick<Template, 'name' | 'subject' | 'html'> & { id?: string };

function TemplateDialog({ template, onClose }: { template: Edited; onClose: () => void }) {
  const t = useT();
  const { save } = useTemplateChanges();
  const [edited, setEdited] = useState(template);
  return (
    <Dialog title={template.id ? t('template.edit') : t('template.new')} closeLabel={t('app.close')} onClose={onClose}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ ...edited, name: edited.name.trim() }, { onSuccess: onClose });
        }}
      >
        <TextField label={t('template.name')} value={edited.name} maxLength={100} error={save.error?.message} onChange={(event) => setEdited((now) => ({ ...now, name: event.target.value }))} />
        <TextField label={t('compose.subject')} value={edited.subject} maxLength={2000} onChange={(event) => setEdited((now) => ({ ...now, subject: event.target.value }))} />
        <div className="field flex h-56 flex-col overflow-hidden rounded-md border border-control bg-surface">
          <Suspense fallback={<div className="m-4 h-3 w-1/3 skeleton" />}>
            <MessageEditor html={template.html} label={t('template.text')} placeholder={t('template.text')} autoFocus={false} toolbar onChange={(html) => setEdited((now) => ({ ...now, html }))} onFiles={nothing} onReady={nothing} />
          </Suspense>
        </div>
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={edited.name.trim() === ''}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Deleting asks first. */
export function TemplateSettings() {
  const t = useT();
  const confirm = useConfirm();
  const templates = useTemplates();
  const { remove } = useTemplateChanges();
  const [editing, setEditing] = useState<Edited | null>(null);
  const erase = (template: Template) =>
    confirm({
      title: t('template.delete.title'),
      text: t('template.delete.text', { name: template.name }),
      confirmLabel: t('template.delete'),
      danger: true,
      onConfirm: () => remove.mutate(template.id, { onError: (error) => showToast({ tone: 'error', text: t('settings.failed', { message: error.message }) }) }),
    });
  return (
    <SettingRow title={t('template.title')} hint={t('template.hint')}>
      {templates && templates.length > 0 && (
        <ul aria-label={t('template.title')} className="mb-3 overflow-hidden rounded-lg border border-line">
          {templates.map((template) => (
            <li key={template.id} className="flex items-center gap-1 border-b border-line py-1.5 ps-3.5 pe-1.5 last:border-0">
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm font-medium">{template.name}</span>
                <span dir="auto" className="line-auto block truncate text-xs text-ink-3">{template.subject || roughText(template.html).replace(/\s+/g, ' ')}</span>
              </span>
              <IconButton label={t('template.editNamed', { name: template.name })} icon={<PencilLine className="size-4" />} onClick={() => setEditing(template)} />
              <IconButton label={t('template.deleteNamed', { name: template.name })} icon={<Trash2 className="size-4" />} onClick={() => erase(template)} />
            </li>
          ))}
        </ul>
      )}
      <Button onClick={() => setEditing({ name: '', subject: '', html: '' })}>{t('template.new')}</Button>
      {editing && <TemplateDialog template={editing} onClose={() => setEditing(null)} />}
    </SettingRow>
  );
}
