'use client';
// Brand, compose button, folders and account. The same on desktop and in the phone's drawer.
import { SquarePen } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Logo } from '../../../../components/ui/logo.tsx';
import { openCompose } from '../../_compose/compose-windows.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { AccountMenu } from './account-menu.tsx';
import { FolderList } from './folder-list.tsx';

/** The mailbox's navigation. */
export function Sidebar({ onShowHelp }: { onShowHelp: () => void }) {
  const t = useT();
  return (
    <nav aria-label={t('nav.label')} className="flex min-h-0 w-full flex-col">
      <ViewLink to={{ kind: 'folder', folder: 'inbox', filter: null, conversationId: null }} className="mx-2 mt-1 flex h-12 items-center gap-2.5 self-start rounded-md px-2.5">
        <Logo />
        <span className="text-lg font-semibold tracking-[-0.015em]">{t('app.name')}</span>
      </ViewLink>
      <div className="px-3 pt-1.5 pb-3">
        <button
          type="button"
          data-tip={t('nav.compose')}
          data-tip-keys="C"
          onClick={() => openCompose({ kind: 'new' })}
          className="flex h-10 w-full items-center justify-center gap-2.5 rounded-lg bg-accent text-base font-medium text-on-accent shadow-1 transition-colors hover:bg-accent-strong"
        >
          <SquarePen aria-hidden className="size-4" />
          {t('nav.compose')}
        </button>
      </div>
      <FolderList />
      <AccountMenu onShowHelp={onShowHelp} />
    </nav>
  );
}
