'use client';
// Picks a folder to move to: type to narrow down, arrows and Enter to choose.
import { useId, useMemo, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { useFolders } from '../../_data/use-folders.ts';
import type { ShownFolder } from '../../_data/use-folders.ts';
import { FolderIcon } from '../frame/folder-icon.tsx';

export interface MoveMenuProps {
  /** URL part of the folder that they are in now: left out. */
  currentSlug: string | null;
  onPick: (folder: ShownFolder) => void;
  onClose: () => void;
}

/** Open for as long as it is mounted. Drafts and Sent are no places to move to. */
export function MoveMenu({ currentSlug, onPick, onClose }: MoveMenuProps) {
  const t = useT();
  const id = useId();
  const { folders } = useFolders();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const shown = useMemo(() => {
    const wanted = typed.trim().toLowerCase();
    return (folders ?? []).filter((folder) => folder.slug !== currentSlug && folder.specialUse !== 'drafts' && folder.specialUse !== 'sent' && (folder.label.toLowerCase().includes(wanted) || folder.path.toLowerCase().includes(wanted)));
  }, [folders, typed, currentSlug]);

  const pick = (folder: ShownFolder | undefined) => {
    if (!folder) return;
    onClose();
    onPick(folder);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, shown.length - 1));
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0));
    else if (event.key === 'Enter') pick(shown[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title={t('move.title')} closeLabel={t('app.close')} onClose={onClose} size="sm" bare>
      <div className="border-b border-line p-2">
        <input
          type="search"
          role="combobox"
          aria-label={t('move.filter')}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={shown[at] ? `${id}-${at}` : undefined}
          placeholder={t('move.filter')}
          autoFocus
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-10 w-full rounded-md bg-transparent px-3 text-base outline-none"
        />
      </div>
      <ul id={id} role="listbox" aria-label={t('move.title')} className="max-h-80 overflow-y-auto p-1.5">
        {shown.map((folder, index) => (
          <li
            key={folder.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerMove={() => setAt(index)}
            onClick={() => pick(folder)}
            className={cx('flex h-9 cursor-pointer items-center gap-3 rounded-md px-3 text-base', index === at && 'bg-hover')}
          >
            <FolderIcon use={folder.specialUse} className="size-4 shrink-0 text-ink-3" />
            <span className="truncate">{folder.specialUse ? folder.label : folder.path}</span>
          </li>
        ))}
        {shown.length === 0 && <li className="px-3 py-4 text-center text-sm text-ink-3">{t('move.none')}</li>}
      </ul>
    </Dialog>
  );
}
