// Where the link of a forwarding request leads: whoever reads mail at the target agrees here, without an account.
import type { Metadata } from 'next';
import { Logo } from '../../components/ui/logo.tsx';
import { textsOfRequest } from '../request-texts.ts';
import { AgreeForm } from './_components/agree-form-lazy.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await textsOfRequest('filters'))['confirmForwarding.title'], robots: { index: false } };
}

export default async function ConfirmForwardingPage() {
  const filters = await textsOfRequest('filters');
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-[25rem] rounded-xl border border-line bg-surface p-6 text-center shadow-2 sm:p-7">
        <Logo className="mx-auto mb-4 size-10" />
        <h1 className="text-xl font-semibold">{filters['confirmForwarding.title']}</h1>
        <AgreeForm />
      </div>
    </main>
  );
}
