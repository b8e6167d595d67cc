'use client';
// The cache of everything read from the server, and what happens when the session ends.
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { HydrationBoundary, QueryClient, QueryClientProvider, replaceEqualDeep } from '@tanstack/react-query';
import type { DehydratedState } from '@tanstack/react-query';
import { setQueryClient } from './query-client.ts';
import { ApiError, configureApi, isKept } from '../../../server/web/contract/client.ts';

const MAX_TRIES = 3;

function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The service worker answers offline. What is on screen is newer than what it kept: waiting actions are done there.
        networkMode: 'always',
        structuralSharing: (before, next) => (before !== undefined && isKept(next) ? before : replaceEqualDeep(before, next)),
        staleTime: 60_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < MAX_TRIES && error instanceof ApiError && error.transient,
        retryDelay: (failures, error) =>
          error instanceof ApiError && error.retryAfterSeconds ? error.retryAfterSeconds * 1000 : Math.min(8_000, 500 * 2 ** failures),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Leaves for the sign-in page, to come back to this address. Only the first of several calls counts. */
function leaveForSignIn(): void {
  const next = location.pathname + location.search;
  location.replace(`/sign-in?ended=1&next=${encodeURIComponent(next)}`);
}

export interface MailQueryProviderProps {
  /** Of the session that the server rendered for. */
  csrfToken: string;
  /** What the server has read already. */
  state: DehydratedState;
  children: ReactNode;
}

/** Around everything that reads or changes mail. */
export function MailQueryProvider({ csrfToken, state, children }: MailQueryProviderProps) {
  const [client] = useState(createClient);
  if (typeof window !== 'undefined') {
    configureApi({ csrfToken });
    setQueryClient(client);
  }
  useEffect(() => {
    configureApi({ onSignedOut: leaveForSignIn });
  }, []);
  return (
    <QueryClientProvider client={client}>
      <HydrationBoundary state={state}>{children}</HydrationBoundary>
    </QueryClientProvider>
  );
}
