'use client';
// One folder in the sidebar.
import { Ellipsis } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../../components/ui/menu.tsx';
import { useFolderChanges } from '../../_data/use-folders.ts';
import type { ShownFolder } from '../../_data/use-folders.ts';
import { currentView, navigate, useView } from '../../_navigation/use-view.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { useConfirm } from '../../_state/confirm.ts';
import { showToast } from '../../_state/toasts.ts';
import { FolderIcon } from './folder-icon.tsx';

export const ITEM_CLASS =
  'flex h-8.5 min-w-0 flex-1 items-center gap-3 rounded-md px-3 text-base text-ink-2 transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong';

const INDENT = ['', 'ps-6', 'ps-9', 'ps-12', 'ps-15'];

function OwnFolderMenu({ folder, onRename }: { folder: ShownFolder; onRename: () => void }) {
  const t = useT();
  const confirm = useConfirm();
  const { remove } = useFolderChanges();
  const erase = () =>
    confirm({
      title: t('nav.deleteFolderTitle'),
      text: t('nav.deleteFolderText', { name: folder.label, total: folder.total }),
      confirmLabel: t('nav.deleteFolder'),
      danger: true,
      onConfirm: () =>
        remove.mutate(folder.id, {
          onSuccess: () => {
            const view = currentView();
            if (view.kind === 'folder' && view.folder === folder.slug) navigate({ kind: 'folder', folder: 'inbox', filter: null, conversationId: null }, 'replace');
          },
          onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
        }),
    });
  return (
    <Menu
      label={t('nav.folderMenu', { name: folder.label })}
      trigger={(props) => (
        <IconButton
          {...props}
          label={t('nav.folderMenu', { name: folder.label })}
          icon={<Ellipsis className="size-4" />}
          size="sm"
          className="absolute end-1 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100"
        />
      )}
    >
      <MenuItem onSelect={onRename}>{t('nav.renameFolder')}</MenuItem>
      <MenuItem danger onSelect={erase}>
        {t('nav.deleteFolder')}
      </MenuItem>
    </Menu>
  );
}

/** `onRename` only for the user's own folders. The count is of unread messages; for drafts, of all. */
export function FolderLink({ folder, onRename }: { folder: ShownFolder; onRename?: () => void }) {
  const t = useT();
  const format = useFormat();
  const view = useView();
  const current = view.kind === 'folder' && view.folder === folder.slug;
  const quiet = folder.specialUse === 'trash' || folder.specialUse === 'sent' || folder.specialUse === 'snoozed';
  const count = folder.specialUse === 'drafts' ? folder.total : quiet ? 0 : folder.unread;
  const loud = folder.unread > 0 && !quiet && folder.specialUse !== 'junk';
  return (
    <li className="group relative flex items-center">
      <ViewLink
        to={{ kind: 'folder', folder: folder.slug, filter: null, conversationId: null }}
        aria-current={current ? 'page' : undefined}
        aria-label={folder.unread > 0 ? `${folder.label}, ${t('nav.unread', { n: folder.unread })}` : folder.label}
        className={cx(ITEM_CLASS, INDENT[Math.min(folder.depth, INDENT.length - 1)])}
      >
        <FolderIcon use={folder.specialUse} className="size-4 shrink-0" />
        <span className={cx('min-w-0 flex-1 truncate', loud && 'font-semibold text-ink')}>{folder.label}</span>
        {count > 0 && <span className={cx('text-xs tnum', loud ? 'font-semibold' : 'text-ink-3', onRename && 'group-hover:invisible')}>{format.number(count)}</span>}
      </ViewLink>
      {onRename && <OwnFolderMenu folder={folder} onRename={onRename} />}
    </li>
  );
}
