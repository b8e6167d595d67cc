'use client';
// The labels of the open conversation, each with a button that takes it off.
import { X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { useActions } from '../../_data/use-actions.ts';
import { useLabels } from '../../_data/use-labels.ts';
import type { ShownLabel } from '../../_data/use-labels.ts';

/** Nothing for a conversation without labels. */
export function ConversationLabels({ conversation, slug }: { conversation: Conversation; slug: string | null }) {
  const t = useT();
  const act = useActions();
  const { byKeyword } = useLabels();
  const keywords = new Set(conversation.messages.flatMap((message) => message.labels.map((keyword) => keyword.toLowerCase())));
  const carried = [...keywords].sort().flatMap((keyword) => byKeyword.get(keyword) ?? []);
  if (carried.length === 0) return null;
  const takeOff = (label: ShownLabel) =>
    act({
      action: 'label',
      conversationIds: [conversation.id],
      slug,
      labels: { add: [], remove: [label.keyword], addIds: [], removeIds: [label.id], done: t('labels.removed', { n: 1, name: label.name }) },
    });
  return (
    <ul aria-label={t('labels.title')} className="flex flex-wrap gap-1.5 px-5 pb-2 max-sm:px-4">
      {carried.map((label) => (
        <li key={label.id} data-label={label.color} className="label-chip inline-flex h-6 items-center rounded-sm ps-2 text-xs font-medium">
          <span className="max-w-48 truncate">{label.name}</span>
          <button type="button" aria-label={t('labels.takeOff', { name: label.name })} onClick={() => takeOff(label)} className="inline-flex size-6 items-center justify-center rounded-sm hover:bg-hover">
            <X aria-hidden className="size-3" />
          </button>
        </li>
      ))}
    </ul>
  );
}
