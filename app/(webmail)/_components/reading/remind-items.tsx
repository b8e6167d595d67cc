'use client';
// In the menu of an open conversation: bringing it back when nobody answers what its owner wrote last.
import { BellRing } from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { MenuHeading, MenuItem, MenuSeparator } from '../../../../components/ui/menu.tsx';
import { api } from '../../../../server/web/contract/client.ts';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { keys } from '../../_data/keys.ts';
import { showToast } from '../../_state/toasts.ts';

const DAY_MS = 86_400_000;
const CHOICES = [1, 3, 7] as const;

export function RemindItems({ conversation }: { conversation: Pick<Conversation, 'id' | 'reminder'> }) {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const set = async (days: number | null) => {
    try {
      const { reminder } = await api('conversations.remind', { params: { conversationId: conversation.id }, body: { remindAt: days === null ? null : new Date(Date.now() + days * DAY_MS).toISOString() } });
      showToast({ text: reminder ? t('remind.done', { when: format.comingDate(reminder.remindAt) }) : t('remind.ended') });
      await client.invalidateQueries({ queryKey: keys.conversation(conversation.id) });
    } catch (error) {
      showToast({ tone: 'error', text: t('done.failed', { message: error instanceof Error ? error.message : String(error) }) });
    }
  };
  return (
    <>
      <MenuSeparator />
      <MenuHeading>{conversation.reminder ? t('remind.waits', { when: format.comingDate(conversation.reminder.remindAt) }) : t('remind.title')}</MenuHeading>
      {conversation.reminder ? (
        <MenuItem icon={<BellRing />} onSelect={() => void set(null)}>
          {t('remind.never')}
        </MenuItem>
      ) : (
        CHOICES.map((days) => (
          <MenuItem key={days} icon={<BellRing />} onSelect={() => void set(days)}>
            {t('remind.after', { n: days })}
          </MenuItem>
        ))
      )}
    </>
  );
}
