// Shown for addresses that lead nowhere.
import Link from 'next/link';
import { MapPinOff } from 'lucide-react';
import { en } from '../components/i18n/catalogue.ts';
import { Notice } from '../components/ui/notice.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <Notice
        icon={<MapPinOff />}
        title={en['error.notFound.title']}
        action={
          <Link href="/mail/inbox" className="inline-flex h-9 items-center rounded-md bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-strong">
            {en['error.notFound.action']}
          </Link>
        }
      >
        {en['error.notFound.text']}
      </Notice>
    </main>
  );
}
