// The webmail: checks the session and reads what the address shows, so that the first paint has rows. Pages below
// it are only addresses; the frame reads the URL itself, so that moving between views never waits for the server.
import type { ReactNode } from 'react';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { QueryClient, dehydrate } from '@tanstack/react-query';
import { currentMe } from '../../server/web/queries/first-load.ts';
import { fillFirstLoad } from './_data/first-load.ts';
import { keys } from './_data/keys.ts';
import { MailQueryProvider } from './_data/query-provider.tsx';
import { MailFrame } from './_components/frame/mail-frame.tsx';

export default async function WebmailLayout({ children }: { children: ReactNode }) {
  const path = (await headers()).get('x-eider-path') ?? '/mail/inbox';
  const me = await currentMe();
  if (!me) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  const client = new QueryClient();
  client.setQueryData(keys.me, me);
  await fillFirstLoad(client, path);
  return (
    <MailQueryProvider csrfToken={me.csrfToken} state={dehydrate(client)}>
      <MailFrame />
      {children}
    </MailQueryProvider>
  );
}
