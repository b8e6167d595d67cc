'use client';
// Asks for the name of a group.
import { useState } from 'react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import type { ContactGroup } from '../../../server/web/contract/contacts.ts';
import { useContactChanges } from './use-contacts.ts';

/** @param group the one to rename; null makes one */
export function GroupNameDialog({ group, onClose }: { group: ContactGroup | null; onClose: () => void }) {
  const t = useT();
  const { makeGroup, renameGroup } = useContactChanges();
  const [name, setName] = useState(group?.name ?? '');
  const change = group ? renameGroup : makeGroup;
  return (
    <Dialog title={group ? t('group.rename') : t('group.new')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          if (group) renameGroup.mutate({ id: group.id, name: name.trim() }, { onSuccess: onClose });
          else makeGroup.mutate(name.trim(), { onSuccess: onClose });
        }}
      >
        <TextField label={t('group.name')} value={name} maxLength={100} error={change.error?.message} onChange={(event) => setName(event.target.value)} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={change.isPending} disabled={name.trim() === ''}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
