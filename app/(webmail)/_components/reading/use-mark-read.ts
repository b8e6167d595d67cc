'use client';
// Marks what is being read as read: once per message, so that "mark as unread" is not undone by looking at it.
import { useEffect, useRef } from 'react';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { useActions } from '../../_data/use-actions.ts';

/** `slug`: the folder looked at. Waits while the window is in the background. */
export function useMarkRead(conversation: Conversation | undefined, slug: string | null): void {
  const act = useActions();
  const seen = useRef(new Set<string>());
  useEffect(() => {
    if (!conversation) return;
    const check = () => {
      if (document.visibilityState !== 'visible') return;
      const fresh = conversation.messages.filter((message) => message.unread && !seen.current.has(message.id));
      for (const message of conversation.messages) seen.current.add(message.id);
      if (fresh.length > 0) act({ action: 'read', conversationIds: [conversation.id], slug, quiet: true });
    };
    check();
    document.addEventListener('visibilitychange', check);
    return () => document.removeEventListener('visibilitychange', check);
  }, [conversation, slug, act]);
}
