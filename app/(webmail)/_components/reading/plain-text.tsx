'use client';
// A plain-text message: links made pressable, the quotation at the end folded.
import { useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { openCompose } from '../../_compose/compose-windows.ts';
import { QuoteToggle } from './quote-toggle.tsx';
import { linkify, splitQuoted } from './quoted-text.ts';

function Linked({ text }: { text: string }) {
  return linkify(text).map((segment, index) => {
    if (segment.kind === 'text') return segment.text;
    const mail = segment.href.startsWith('mailto:');
    return (
      <a
        key={index}
        href={segment.href}
        target="_blank"
        rel="noopener noreferrer"
        className="text-accent underline decoration-accent-line underline-offset-2 hover:decoration-current"
        onClick={(event) => {
          if (!mail) return;
          event.preventDefault();
          openCompose({ kind: 'new', to: segment.href.slice('mailto:'.length).split('?')[0] ?? '' });
        }}
      >
        {segment.text}
      </a>
    );
  });
}

/** `text` as the server gives it. */
export function PlainText({ text }: { text: string }) {
  const t = useT();
  const { body, quoted } = splitQuoted(text);
  const [showQuoted, setShowQuoted] = useState(false);
  if (text.trim() === '') return <p className="text-md text-ink-3 italic">{t('read.empty')}</p>;
  return (
    <div data-testid="message-text" dir="auto" className="max-w-[46rem] text-md wrap-anywhere whitespace-pre-wrap">
      <Linked text={body} />
      {quoted && (
        <div className="mt-2">
          <QuoteToggle shown={showQuoted} onToggle={() => setShowQuoted((now) => !now)} />
          {showQuoted && (
            <div className="mt-2 border-s-2 border-line-strong ps-3 text-ink-2">
              <Linked text={quoted} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}
