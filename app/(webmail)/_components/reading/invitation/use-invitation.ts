'use client';
// The invitation of a message, and answering it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Invitation, InvitationResponse } from '../../../../../server/web/contract/calendar.ts';
import { api } from '../../../../../server/web/contract/client.ts';
import { keys } from '../../../_data/keys.ts';

export function useInvitation(emailId: string) {
  return useQuery({
    queryKey: keys.invitation(emailId),
    queryFn: ({ signal }) => api('invitations.get', { params: { emailId } }, { signal }),
    staleTime: 60_000,
  });
}

/** Shows the answer at once, and takes it back when it could not be sent. */
export function useAnswer(emailId: string) {
  const client = useQueryClient();
  const key = keys.invitation(emailId);
  return useMutation({
    mutationFn: (response: InvitationResponse) => api('invitations.answer', { params: { emailId }, body: { response } }),
    onMutate: (response) => {
      const before = client.getQueryData<Invitation>(key);
      if (before) client.setQueryData<Invitation>(key, { ...before, answered: { response, at: new Date().toISOString() } });
      return before;
    },
    onError: (_error, _response, before) => client.setQueryData<Invitation>(key, before),
    onSuccess: (invitation) => client.setQueryData<Invitation>(key, invitation),
  });
}
