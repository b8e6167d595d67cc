// What the page behind a link says. Not in the app's catalogues: no script of the app runs there, and no part of it loads.
import type { LanguageTag } from '../contract/languages.ts';

export interface LandingTexts {
  title: string;
  sharedBy: (who: string) => string;
  until: (date: string) => string;
  download: string;
  unscanned: string;
  clean: string;
  ended: string;
  endedHint: string;
}

export const LANDING_TEXTS: Record<LanguageTag, LandingTexts> = {
  en: {
    title: 'Shared file',
    sharedBy: (who) => `Shared by ${who}`,
    until: (date) => `Available until ${date}`,
    download: 'Download',
    unscanned: 'This file was not scanned for viruses. Open it only if you expected it.',
    clean: 'Scanned for viruses: nothing was found.',
    ended: 'This link has ended',
    endedHint: 'The file is no longer shared, or the address is not complete. Ask its sender for a new link.',
  },
  ar: {
    title: 'ملف مشترك',
    sharedBy: (who) => `شاركه ${who}`,
    until: (date) => `متاح حتى ${date}`,
    download: 'تنزيل',
    unscanned: 'لم يُفحص هذا الملف بحثًا عن الفيروسات. لا تفتحه إلا إذا كنت تتوقعه.',
    clean: 'فُحص بحثًا عن الفيروسات ولم يُعثر على شيء.',
    ended: 'انتهت صلاحية هذا الرابط',
    endedHint: 'لم يعد الملف مشتركًا، أو أن العنوان غير مكتمل. اطلب من المرسل رابطًا جديدًا.',
  },
};
