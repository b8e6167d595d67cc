'use client';
// Asks for the name of a new folder, or a new name for one.
import { useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import { useFolderChanges } from '../../_data/use-folders.ts';
import type { ShownFolder } from '../../_data/use-folders.ts';

/** `folder` null creates. The server's reason stands at the field when it refuses. */
export function FolderDialog({ folder, onClose }: { folder: ShownFolder | null; onClose: () => void }) {
  const t = useT();
  const { create, rename } = useFolderChanges();
  const [path, setPath] = useState(folder?.path ?? '');
  const error = create.error ?? rename.error;
  const busy = create.isPending || rename.isPending;

  const submit = () => {
    const wanted = path.trim();
    if (!wanted || wanted === folder?.path) return onClose();
    if (folder) rename.mutate({ id: folder.id, path: wanted }, { onSuccess: onClose });
    else create.mutate(wanted, { onSuccess: onClose });
  };

  return (
    <Dialog title={folder ? t('nav.renameFolder') : t('nav.newFolder')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField label={t('nav.folderName')} hint={t('nav.folderHint')} value={path} onChange={(event) => setPath(event.target.value)} error={error?.message} maxLength={200} autoFocus autoComplete="off" />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {folder ? t('app.save') : t('app.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
