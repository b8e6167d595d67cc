'use client';
// The form, once its texts are there.
import { lazy, Suspense } from 'react';
import { withTexts } from '../../../components/i18n/load-texts.ts';

const Loaded = lazy(() => withTexts(import('./agree-form.tsx'), 'filters').then((module) => ({ default: module.AgreeForm })));

export function AgreeForm() {
  return (
    <Suspense fallback={<div aria-hidden className="mt-4 h-24 skeleton" />}>
      <Loaded />
    </Suspense>
  );
}
