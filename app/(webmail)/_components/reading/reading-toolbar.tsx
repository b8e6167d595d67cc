'use client';
// What can be done with the open conversation.
import { Archive, ArrowLeft, Bell, BellOff, ChevronDown, ChevronUp, Clock, Ellipsis, FolderInput, Mail, ShieldAlert, ShieldCheck, Tag, Trash2, UnfoldVertical } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../../components/ui/menu.tsx';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import type { ActionName } from '../../../../server/web/contract/mailbox.ts';
import { navigate } from '../../_navigation/use-view.ts';
import { withConversation } from '../../_navigation/view.ts';
import { openSnoozeMenu } from '../../_state/snooze-menu.ts';
import { openLabelMenu } from '../../_state/label-menu.ts';
import { neighbour } from '../list/use-list-controller.ts';
import type { ListController } from '../list/use-list-controller.ts';
import { RemindItems } from './remind-items.tsx';

export interface ReadingToolbarProps {
  list: ListController;
  conversationId: string;
  muted: boolean;
  /** What of it reminders need; null while nothing of it is the reader's own. */
  remindable: Pick<Conversation, 'id' | 'reminder'> | null;
  onMove: () => void;
  onExpandAll: () => void;
  allExpanded: boolean;
}

/** Above the conversation; "Back" only where the list is covered. */
export function ReadingToolbar({ list, conversationId, muted, remindable, onMove, onExpandAll, allExpanded }: ReadingToolbarProps) {
  const t = useT();
  const { use, view, rows, mode } = list;
  const act = (action: ActionName) => () => list.act(action, [conversationId]);
  const go = (id: string | null) => id !== null && navigate(withConversation(view, id), 'replace');
  const newer = neighbour(rows, conversationId, -1);
  const older = neighbour(rows, conversationId, 1);
  const markUnread = () => {
    list.act('unread', [conversationId]);
    if (mode !== 'split') navigate(withConversation(view, null));
  };

  return (
    <div role="toolbar" aria-label={t('read.toolbar')} className="flex h-12 shrink-0 items-center gap-0.5 border-b border-line px-2 max-md:h-14 sm:px-3">
      {mode !== 'split' && <IconButton label={t('app.back')} keys="U" icon={<ArrowLeft className="size-4.5" />} size={mode === 'phone' ? 'lg' : 'md'} className="me-1" onClick={() => navigate(withConversation(view, null))} />}
      {use !== 'archive' && use !== 'trash' && <IconButton label={t('action.archive')} keys="E" icon={<Archive className="size-4" />} onClick={act('archive')} />}
      <IconButton label={t('action.trash')} keys="#" icon={<Trash2 className="size-4" />} onClick={act(use === 'trash' ? 'delete' : 'trash')} />
      {use !== 'sent' && (
        <IconButton label={use === 'junk' ? t('action.notSpam') : t('action.spam')} keys="!" icon={use === 'junk' ? <ShieldCheck className="size-4" /> : <ShieldAlert className="size-4" />} onClick={act(use === 'junk' ? 'notSpam' : 'spam')} />
      )}
      <span aria-hidden className="mx-1.5 h-5 w-px bg-line" />
      <IconButton label={t('action.unread')} keys="Shift U" icon={<Mail className="size-4" />} onClick={markUnread} />
      <IconButton label={t('action.move')} keys="V" icon={<FolderInput className="size-4" />} onClick={onMove} />
      <IconButton label={t('action.label')} keys="L" icon={<Tag className="size-4" />} onClick={() => openLabelMenu([conversationId])} />
      <Menu label={t('app.more')} trigger={(props) => <IconButton {...props} label={t('app.more')} icon={<Ellipsis className="size-4" />} />}>
        {use === 'snoozed' && (
          <MenuItem icon={<Clock />} onSelect={act('unsnooze')}>
            {t('action.unsnooze')}
          </MenuItem>
        )}
        {use !== 'trash' && use !== 'junk' && (
          <MenuItem icon={<Clock />} keys="B" onSelect={() => void openSnoozeMenu([conversationId])}>
            {t('action.snooze')}
          </MenuItem>
        )}
        <MenuItem icon={muted ? <Bell /> : <BellOff />} {...(muted ? {} : { keys: 'M' })} onSelect={act(muted ? 'unmute' : 'mute')}>
          {muted ? t('action.unmute') : t('action.mute')}
        </MenuItem>
        <MenuItem icon={<UnfoldVertical />} keys=";" onSelect={onExpandAll}>
          {allExpanded ? t('read.collapseAll') : t('read.expandAll')}
        </MenuItem>
        {remindable && <RemindItems conversation={remindable} />}
      </Menu>
      <span className="ms-auto" />
      <IconButton label={t('read.newer')} keys="K" icon={<ChevronUp className="size-4.5" />} disabled={newer === null} onClick={() => go(newer)} className="max-sm:hidden" />
      <IconButton label={t('read.older')} keys="J" icon={<ChevronDown className="size-4.5" />} disabled={older === null} onClick={() => go(older)} className="max-sm:hidden" />
    </div>
  );
}
