'use client';
// What an empty list says: friendly in the inbox, helpful in a search.
import { CheckCheck, Clock, FileText, FolderOpen, MailCheck, SearchX, Send, ShieldCheck, Star, Trash2 } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Notice } from '../../../../components/ui/notice.tsx';
import { slugUse } from '../../_navigation/view.ts';
import type { ListView } from '../../_navigation/view.ts';

const KINDS = {
  inbox: CheckCheck,
  unread: MailCheck,
  starred: Star,
  snoozed: Clock,
  drafts: FileText,
  sent: Send,
  junk: ShieldCheck,
  trash: Trash2,
  folder: FolderOpen,
  search: SearchX,
} as const;

type Kind = keyof typeof KINDS;

function kindOf(view: ListView): Kind {
  if (view.kind === 'search') return view.q === 'is:starred' ? 'starred' : 'search';
  if (view.filter) return view.filter;
  const use = slugUse(view.folder);
  return use && use !== 'archive' ? use : 'folder';
}

/** For a list that has been read and has no rows. */
export function ListEmpty({ view }: { view: ListView }) {
  const t = useT();
  const kind = kindOf(view);
  const Icon = KINDS[kind];
  return (
    <Notice icon={<Icon />} title={t(`list.empty.${kind}.title`)}>
      {t(`list.empty.${kind}.text`)}
    </Notice>
  );
}
