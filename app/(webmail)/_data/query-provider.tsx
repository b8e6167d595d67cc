'use client';
// The cache of everything read from the server, and what happens when the session ends.
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ApiError, configureApi } from '../../../server/web/contract/client.ts';
import type { Me } from '../../../server/web/contract/session.ts';
import { keys } from './keys.ts';

const MAX_TRIES = 3;

function createClient(me: Me | null): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < MAX_TRIES && error instanceof ApiError && error.transient,
        retryDelay: (failures, error) =>
          error instanceof ApiError && error.retryAfterSeconds ? error.retryAfterSeconds * 1000 : Math.min(8_000, 500 * 2 ** failures),
      },
      mutations: { retry: false },
    },
  });
  if (me) client.setQueryData(keys.me, me);
  return client;
}

/** Leaves for the sign-in page, to come back to this address. Only the first of several calls counts. */
function leaveForSignIn(): void {
  const next = location.pathname + location.search;
  location.replace(`/sign-in?ended=1&next=${encodeURIComponent(next)}`);
}

/** `me` as the server rendered it, so that the first request needs no other before it. */
export function MailQueryProvider({ me, children }: { me: Me | null; children: ReactNode }) {
  const [client] = useState(() => createClient(me));
  if (me && typeof window !== 'undefined') configureApi({ csrfToken: me.csrfToken });
  useEffect(() => {
    configureApi({ onSignedOut: leaveForSignIn });
  }, []);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
