'use client';
// The account's security state, and changing it: the answer of every change is the new state.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import '../../../../../server/web/contract/account-paths.ts';
import type { SecurityChanged } from '../../../../../server/web/contract/security.ts';
import { showToast } from '../../../_state/toasts.ts';

export const SECURITY_KEY = ['security'] as const;

export function useSecurity() {
  return useQuery({ queryKey: SECURITY_KEY, queryFn: ({ signal }) => api('security.get', {}, { signal }) });
}

/** Runs a change and keeps its state; a refusal is told, a closed dialog is not. */
export function useSecurityChange<T = void>(change: (input: T) => Promise<SecurityChanged>, onChanged?: (changed: SecurityChanged) => void) {
  const client = useQueryClient();
  const fail = useFailureToast();
  return useMutation({
    mutationFn: change,
    onSuccess: (changed) => {
      client.setQueryData(SECURITY_KEY, changed.state);
      onChanged?.(changed);
    },
    onError: fail,
  });
}

/** Says why something failed, unless its doer gave it up. */
export function useFailureToast(): (error: Error) => void {
  const t = useT();
  return (error) => {
    if (error instanceof ApiError && error.code === 'aborted') return;
    // The browser's own refusal of a passkey (closed, timed out) is no error of ours and has no text for people.
    const message = error instanceof ApiError ? error.message : t('security.passkeys.cancelled');
    showToast({ tone: 'error', text: t('done.failed', { message }) });
  };
}
