'use client';
// The signed-in account and its settings.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../server/web/contract/client.ts';
import type { Me, SettingsPatch } from '../../../server/web/contract/session.ts';
import { setLook } from '../../../components/theme/look-store.ts';
import { keys } from './keys.ts';

/** The account, or undefined until it is known. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: keys.me, queryFn: ({ signal }) => api('me.get', {}, { signal }), staleTime: 5 * 60_000 }).data;
}

/** Changes settings: at once on screen, put back when the server refuses. */
export function useUpdateSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (patch: SettingsPatch) => api('settings.update', { body: patch }),
    onMutate: (patch) => {
      const before = client.getQueryData<Me>(keys.me);
      if (before) client.setQueryData<Me>(keys.me, { ...before, settings: { ...before.settings, ...patch } });
      setLook({
        ...(patch.theme ? { theme: patch.theme } : {}),
        ...(patch.density ? { density: patch.density } : {}),
        ...(patch.readingPane ? { readingPane: patch.readingPane } : {}),
      });
      return before;
    },
    onSuccess: (settings) => client.setQueryData<Me>(keys.me, (now) => now && { ...now, settings }),
    onError: (_error, _patch, before) => {
      if (!before) return;
      client.setQueryData(keys.me, before);
      const { theme, density, readingPane } = before.settings;
      setLook({ theme, density, readingPane });
    },
  });
}

/** Ends the session and leaves nothing of the mailbox behind in this tab. */
export function useSignOut() {
  return useMutation({
    // What was kept for this account in the browser goes too.
    mutationFn: async () => {
      const [answer] = await Promise.all([api('session.delete', {}), import('../_offline/offline-files.ts').then(({ endOffline }) => endOffline())]);
      return answer;
    },
    onSettled: () => location.replace('/sign-in'),
  });
}
