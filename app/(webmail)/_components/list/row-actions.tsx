'use client';
// What shows at the end of a row under the pointer or focus.
import { Archive, Mail, MailOpen, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import type { ActionName, SpecialUse } from '../../../../server/web/contract/mailbox.ts';

export interface RowActionsProps {
  unread: boolean;
  /** Of the folder looked at; null in searches and the user's own folders. */
  use: SpecialUse | null;
  tabIndex: number;
  onAct: (action: ActionName) => void;
}

/** Archive, delete and read/unread, as far as they make sense in this folder. */
export function RowActions({ unread, use, tabIndex, onAct }: RowActionsProps) {
  const t = useT();
  const button = (action: ActionName, icon: ReactNode, label: string, keys?: string) => (
    <IconButton
      label={label}
      keys={keys}
      icon={icon}
      size="sm"
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        onAct(action);
      }}
    />
  );
  const erase = use === 'trash' || use === 'drafts' ? 'delete' : 'trash';
  return (
    <div className="flex items-center gap-0.5">
      {use !== 'archive' && use !== 'drafts' && use !== 'trash' && button('archive', <Archive className="size-4" />, t('action.archive'), 'E')}
      {button(erase, <Trash2 className="size-4" />, t('action.trash'), '#')}
      {unread ? button('read', <MailOpen className="size-4" />, t('action.read'), 'Shift I') : button('unread', <Mail className="size-4" />, t('action.unread'), 'Shift U')}
    </div>
  );
}
