'use client';
// Templates while writing: putting one into the text, and keeping the text as one.
import { useState } from 'react';
import { BookMarked, BookPlus } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import type { Template } from '../../../server/web/contract/templates.ts';
import { showToast } from '../_state/toasts.ts';
import { swapSignature } from './message-html.ts';
import { useTemplateChanges, useTemplates } from './use-templates.ts';

export interface TemplateMenuProps {
  subject: string;
  /** The text as it stands in the editor. */
  own: string;
  onInsert: (template: Template) => void;
}

function SaveDialog({ subject, own, onClose }: Pick<TemplateMenuProps, 'subject' | 'own'> & { onClose: () => void }) {
  const t = useT();
  const templates = useTemplates() ?? [];
  const { save } = useTemplateChanges();
  const [name, setName] = useState(subject);
  const same = templates.find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
  const submit = () => {
    const body = { name: name.trim(), subject, html: swapSignature(own, '') };
    save.mutate(same ? { ...body, id: same.id } : body, {
      onSuccess: () => {
        onClose();
        showToast({ text: t('template.saved') });
      },
    });
  };
  return (
    <Dialog title={t('template.save')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') submit();
        }}
      >
        <TextField label={t('template.name')} value={name} maxLength={100} hint={same ? t('template.replaces') : undefined} error={save.error?.message} onChange={(event) => setName(event.target.value)} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Choices({ onInsert, onSave }: { onInsert: (template: Template) => void; onSave: () => void }) {
  const t = useT();
  const templates = useTemplates();
  return (
    <>
      <MenuHeading>{templates?.length === 0 ? t('template.none') : t('template.insert')}</MenuHeading>
      {templates?.map((template) => (
        <MenuItem key={template.id} onSelect={() => onInsert(template)}>
          {template.name}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<BookPlus />} onSelect={onSave}>
        {t('template.save')}
      </MenuItem>
    </>
  );
}

/** In the last line of the form. */
export function TemplateMenu({ subject, own, onInsert }: TemplateMenuProps) {
  const t = useT();
  const [saving, setSaving] = useState(false);
  return (
    <>
      <Menu label={t('template.menu')} placement="top-start" className="max-w-72" trigger={(props) => <IconButton {...props} label={t('template.menu')} icon={<BookMarked className="size-4" />} />}>
        <Choices onInsert={onInsert} onSave={() => setSaving(true)} />
      </Menu>
      {saving && <SaveDialog subject={subject} own={own} onClose={() => setSaving(false)} />}
    </>
  );
}
