// The document: language, fonts, and the look from the cookie so that the first paint is already right.
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { cookies } from 'next/headers';
import { LANGUAGES } from '../server/web/contract/languages.ts';
import { requestLanguage } from '../server/web/queries/request-language.ts';
import { LOOK_COOKIE, lookAttributes, parseLook } from '../components/theme/preferences.ts';
import { TooltipLayer } from '../components/ui/tooltip-layer.tsx';
import { LanguageTexts } from './language-texts.tsx';
import { fontVariables } from './fonts.ts';
import './globals.css';

export const metadata: Metadata = {
  title: 'Eider',
  description: 'Mail that keeps up with you.',
  applicationName: 'Eider',
  appleWebApp: { capable: true, title: 'Eider', statusBarStyle: 'default' },
  icons: { icon: '/icon.svg', apple: '/icons/apple-touch-icon.png' },
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, date: false, address: false, email: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#eff4f5' },
    { media: '(prefers-color-scheme: dark)', color: '#0b1114' },
  ],
};

/** Reading cookies makes every page dynamic, which the nonces of the content security policy need anyway. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const look = parseLook((await cookies()).get(LOOK_COOKIE)?.value);
  const { tag, locale, timeZone } = await requestLanguage();
  return (
    <html lang={tag} dir={LANGUAGES[tag].direction} className={fontVariables} {...lookAttributes(look)}>
      <body>
        <LanguageTexts language={tag} locale={locale} timeZone={timeZone}>
          {children}
        </LanguageTexts>
        <TooltipLayer />
      </body>
    </html>
  );
}
