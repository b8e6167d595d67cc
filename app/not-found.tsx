// Shown for addresses that lead nowhere.
import Link from 'next/link';
import { MapPinOff } from 'lucide-react';
import { Notice } from '../components/ui/notice.tsx';
import { textsOfRequest } from './request-texts.ts';

export default async function NotFound() {
  const texts = await textsOfRequest();
  return (
    <main className="grid min-h-dvh place-items-center">
      <Notice
        icon={<MapPinOff />}
        title={texts['error.notFound.title']}
        action={
          <Link href="/mail/inbox" className="inline-flex h-9 items-center rounded-md bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-strong">
            {texts['error.notFound.action']}
          </Link>
        }
      >
        {texts['error.notFound.text']}
      </Notice>
    </main>
  );
}
