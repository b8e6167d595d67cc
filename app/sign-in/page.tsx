// The sign-in page: the form is the browser's, the rest is still.
import { Suspense } from 'react';
import type { Metadata } from 'next';
import { LateTexts } from '../../components/i18n/late-texts.tsx';
import { Logo } from '../../components/ui/logo.tsx';
import { textsOfRequest } from '../request-texts.ts';
import { SignInForm } from './_components/sign-in-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await textsOfRequest('signIn'))['signIn.title'] };
}

export default async function SignInPage() {
  const signIn = await textsOfRequest('signIn');
  return (
    <main className="relative grid min-h-dvh place-items-center overflow-hidden px-4 py-10">
      <div aria-hidden className="absolute inset-x-0 -top-40 mx-auto h-96 max-w-4xl rounded-full bg-accent-soft blur-3xl" />
      <div className="relative w-full max-w-[25rem]">
        <div className="mb-7 flex flex-col items-center text-center">
          <Logo className="mb-4 size-12" />
          <h1 className="text-2xl font-semibold tracking-[-0.02em]">{signIn['signIn.title']}</h1>
          <p className="mt-1 text-md text-ink-2">{signIn['signIn.tagline']}</p>
        </div>
        <Suspense>
          <LateTexts texts={signIn}>
            <SignInForm />
          </LateTexts>
        </Suspense>
      </div>
    </main>
  );
}
