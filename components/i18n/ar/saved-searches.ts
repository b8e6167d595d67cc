// Arabic: saved searches.
import type { TextsLike } from '../catalogue.ts';
import type { savedSearches as english } from '../en/saved-searches.ts';
import { isolate } from '../isolate.ts';

export const savedSearches: TextsLike<typeof english> = {
  'saved.title': 'عمليات البحث المحفوظة',
  'saved.save': 'حفظ البحث',
  'saved.remove': 'حذف هذا البحث المحفوظ',
  'saved.name': 'الاسم',
  'saved.taken': 'يوجد بحث محفوظ بهذا الاسم.',
  'saved.full': 'لديك 50 بحثًا محفوظًا. احذف أحدها أولًا.',
  'saved.saved': ({ name }) => `حُفظ البحث باسم «${isolate(name)}»`,
  'saved.removed': ({ name }) => `لم يعد «${isolate(name)}» محفوظًا`,
};
