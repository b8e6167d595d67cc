'use client';
// One conversation with the messages that open at once, and single messages unfolded later.
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import { keys } from './keys.ts';

// Without the folder, the server leaves out what lies in Spam and Trash.
const options = (id: string, folderId?: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => api('conversations.get', { params: { conversationId: id }, query: { folderId } }, { signal }),
    staleTime: 2 * 60_000,
  });

/** The conversation as seen from a folder, once `enabled`; `gone` when it no longer exists. */
export function useConversation(id: string, folderId: string | undefined, enabled: boolean) {
  const query = useQuery({ ...options(id, folderId), enabled });
  const gone = query.error instanceof ApiError && (query.error.code === 'not_found' || query.error.code === 'gone');
  return { conversation: query.data, gone, error: query.isError && !query.data && !gone ? query.error : null, retry: () => void query.refetch() };
}

/** Reads it ahead, for a row under the pointer or next to the open one. */
export function prefetchConversation(client: QueryClient, id: string, folderId: string | undefined): void {
  void client.prefetchQuery(options(id, folderId));
}

/** A message with its content, read only when `enabled`. */
export function useEmail(id: string, enabled: boolean) {
  return useQuery({ queryKey: keys.email(id), queryFn: ({ signal }) => api('emails.get', { params: { emailId: id } }, { signal }), enabled, staleTime: Infinity });
}
