// The webmail: checks the session on the server, then hands over to the browser. Pages below it are only
// addresses; the frame reads the URL itself, so that moving between views never waits for the server.
import { Suspense } from 'react';
import type { ReactNode } from 'react';
import { MailQueryProvider } from './_data/query-provider.tsx';
import { MailFrame } from './_components/frame/mail-frame.tsx';

export default function WebmailLayout({ children }: { children: ReactNode }) {
  return (
    <MailQueryProvider me={null}>
      <Suspense>
        <MailFrame />
      </Suspense>
      {children}
    </MailQueryProvider>
  );
}
