'use client';
// Texts that the server hands to a page itself, where a form must not wait for a file of them. Fixed texts only.
import type { ReactNode } from 'react';
import { addTexts } from './catalogue.ts';
import type { Messages } from './catalogue.ts';
import { useLanguage } from './i18n.tsx';

/** Around what uses them. */
export function LateTexts({ texts, children }: { texts: Partial<Messages>; children: ReactNode }) {
  addTexts(useLanguage(), texts);
  return children;
}
