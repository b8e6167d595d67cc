'use client';
// The last resort, when the root layout itself fails: has to bring its own document, and words in every language
// because no catalogue may be there. Cannot rely on styles.
import { useEffect, useState } from 'react';
import { LANGUAGES, LANGUAGE_COOKIE, isLanguageTag } from '../server/web/contract/languages.ts';
import type { LanguageTag } from '../server/web/contract/languages.ts';

const TEXTS: Record<LanguageTag, { title: string; text: string; retry: string }> = {
  en: { title: 'Something went wrong', text: 'The app could not be shown. Your mail is safe.', retry: 'Try again' },
  ar: { title: 'حدث خطأ ما', text: 'تعذّر عرض التطبيق. بريدك بأمان.', retry: 'إعادة المحاولة' },
};

function languageHere(): LanguageTag {
  const shownLast = new RegExp(`(?:^|; )${LANGUAGE_COOKIE}=(\\w+)`).exec(document.cookie)?.[1];
  return [shownLast, ...navigator.languages.map((tag) => tag.split('-')[0])].find(isLanguageTag) ?? 'en';
}

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  const [language, setLanguage] = useState<LanguageTag>('en');
  useEffect(() => setLanguage(languageHere()), []);
  const { title, text, retry } = TEXTS[language];
  return (
    <html lang={language} dir={LANGUAGES[language].direction}>
      <body>
        <main>
          <h1>{title}</h1>
          <p>{text}</p>
          <button type="button" onClick={reset}>
            {retry}
          </button>
        </main>
      </body>
    </html>
  );
}
