'use client';
// Ctrl-K: every command, every folder, and a search, found by typing.
import { useId, useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { CornerDownRight, Search, Tag, Users } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { Kbd } from '../../../../components/ui/kbd.tsx';
import { useFolders } from '../../_data/use-folders.ts';
import { useLabels } from '../../_data/use-labels.ts';
import { SHORTCUTS, printedKeys } from '../../_keyboard/keymap.ts';
import { canRun, runCommand } from '../../_keyboard/use-commands.ts';
import { navigate } from '../../_navigation/use-view.ts';
import { FolderIcon } from './folder-icon.tsx';

interface Entry {
  id: string;
  label: string;
  icon: ReactNode;
  keys?: string;
  run: () => void;
}

function useEntries(typed: string): Entry[] {
  const t = useT();
  const { folders } = useFolders();
  const { labels } = useLabels();
  return useMemo(() => {
    const commands: Entry[] = SHORTCUTS.filter((shortcut) => !shortcut.documentOnly && shortcut.command !== 'palette' && !shortcut.command.startsWith('go') && canRun(shortcut.command)).map((shortcut) => ({
      id: shortcut.command,
      label: t(shortcut.label),
      icon: <CornerDownRight className="size-4" />,
      ...(shortcut.keys[0] ? { keys: shortcut.keys[0] } : {}),
      run: () => runCommand(shortcut.command),
    }));
    const places: Entry[] = (folders ?? []).map((folder) => ({
      id: folder.id,
      label: t('palette.goTo', { name: folder.label }),
      icon: <FolderIcon use={folder.specialUse} />,
      run: () => navigate({ kind: 'folder', folder: folder.slug, filter: null, conversationId: null }),
    }));
    const tags: Entry[] = (labels ?? []).map((label) => ({
      id: label.id,
      label: t('palette.goTo', { name: label.name }),
      icon: <Tag className="size-4" />,
      run: () => navigate({ kind: 'folder', folder: label.id, filter: null, conversationId: null }),
    }));
    const settings: Entry = { id: 'settings', label: t('nav.settings'), icon: <CornerDownRight className="size-4" />, run: () => navigate({ kind: 'settings', section: 'appearance' }) };
    const contacts: Entry = { id: 'contacts', label: t('palette.goTo', { name: t('nav.contacts') }), icon: <Users className="size-4" />, run: () => navigate({ kind: 'page', page: 'contacts' }) };
    const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...commands, ...places, ...tags, contacts, settings].filter((entry) => words.every((word) => entry.label.toLowerCase().includes(word)));
    const q = typed.trim();
    const search: Entry[] = q ? [{ id: 'search', label: t('palette.searchFor', { q }), icon: <Search className="size-4" />, run: () => navigate({ kind: 'search', q, folder: null, conversationId: null }) }] : [];
    return [...found, ...search];
  }, [t, folders, labels, typed]);
}

/** Open for as long as it is mounted. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries(typed);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the dialog has given the focus back, so that a command may move it on.
    setTimeout(entry.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, entries.length - 1));
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0));
    else if (event.key === 'Enter') run(entries[at]);
    else return;
    event.preventDefault();
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <Dialog title={t('palette.title')} closeLabel={t('app.close')} onClose={onClose} bare>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search aria-hidden className="size-4 text-ink-3" />
        <input
          role="combobox"
          aria-label={t('palette.title')}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={entries[at] ? `${id}-${at}` : undefined}
          autoFocus
          placeholder={t('palette.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-13 min-w-0 flex-1 bg-transparent text-md outline-none"
        />
      </div>
      <ul id={id} role="listbox" aria-label={t('palette.title')} className="max-h-96 overflow-y-auto p-1.5">
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerMove={() => setAt(index)}
            onClick={() => run(entry)}
            className={cx('flex h-9.5 cursor-pointer items-center gap-3 rounded-md px-3 text-base', index === at && 'bg-hover')}
          >
            <span aria-hidden className="text-ink-3">
              {entry.icon}
            </span>
            <span className="min-w-0 flex-1 truncate">{entry.label}</span>
            {entry.keys && (
              <span className="flex gap-1">
                {printedKeys(entry.keys, false).map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </span>
            )}
          </li>
        ))}
        {entries.length === 0 && <li className="px-3 py-5 text-center text-sm text-ink-3">{t('palette.empty')}</li>}
      </ul>
    </Dialog>
  );
}
