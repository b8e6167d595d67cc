'use client';
// The place below a conversation where an answer is written; loads the form on demand.
import { lazy, Suspense } from 'react';
import { withTexts } from '../../../components/i18n/load-texts.ts';

const InlineForm = lazy(() => withTexts(import('./inline-form.tsx'), 'compose'));

/** `windowId` of compose-windows.ts. */
export function InlineCompose({ windowId }: { windowId: string }) {
  return (
    <Suspense fallback={<div className="mx-5 mb-8 h-64 rounded-lg border border-line" />}>
      <InlineForm key={windowId} windowId={windowId} />
    </Suspense>
  );
}
