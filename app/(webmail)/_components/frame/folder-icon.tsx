// The icon of a folder by its use.
import { Archive, Clock, FileText, Folder, Inbox, Send, ShieldAlert, Trash2 } from 'lucide-react';
import type { SpecialUse } from '../../../../server/web/contract/mailbox.ts';

const ICONS = { inbox: Inbox, snoozed: Clock, drafts: FileText, sent: Send, archive: Archive, junk: ShieldAlert, trash: Trash2 } as const;

/** Decorative: the folder's name stands beside it. */
export function FolderIcon({ use, className = 'size-4' }: { use: SpecialUse | null; className?: string }) {
  const Icon = use ? ICONS[use] : Folder;
  return <Icon aria-hidden className={className} />;
}
