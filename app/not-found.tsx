// Shown for addresses that lead nowhere. Every page loads what this needs: a plain link will do.
import { Logo } from '../components/ui/logo.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { textsOfRequest } from './request-texts.ts';

export default async function NotFound() {
  const texts = await textsOfRequest();
  return (
    <main className="grid min-h-dvh place-items-center">
      <Notice
        icon={<Logo />}
        title={texts['error.notFound.title']}
        action={
          // oxlint-disable-next-line nextjs/no-html-link-for-pages -- Next's link would come with every page
          <a href="/mail/inbox" className="inline-flex h-9 items-center rounded-md bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-strong">
            {texts['error.notFound.action']}
          </a>
        }
      >
        {texts['error.notFound.text']}
      </Notice>
    </main>
  );
}
