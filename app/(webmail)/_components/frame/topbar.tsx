'use client';
// The bar above the panes: menu on phones, search, help.
import { CircleHelp, Menu } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import type { View } from '../../_navigation/view.ts';
import { openConversation } from '../../_navigation/view.ts';
import { cx } from '../../../../components/ui/cx.ts';
import { SearchBox } from '../search/search-box.tsx';

/** Hidden on phones while a conversation is read: that has its own bar. */
export function Topbar({ view, onOpenMenu, onShowHelp }: { view: View; onOpenMenu: () => void; onShowHelp: () => void }) {
  const t = useT();
  const reading = openConversation(view) !== null;
  return (
    <header className={cx('flex h-14 shrink-0 items-center gap-1 px-2 md:gap-2 md:px-0', reading && 'max-md:hidden')}>
      <IconButton label={t('app.menu')} icon={<Menu className="size-5" />} size="lg" className="md:hidden" onClick={onOpenMenu} />
      <SearchBox view={view} />
      <div className="ms-auto hidden items-center md:flex">
        <IconButton label={t('nav.shortcuts')} keys="?" icon={<CircleHelp className="size-4.5" />} onClick={onShowHelp} />
      </div>
    </header>
  );
}
