// Arabic: labels.
import type { TextsLike } from '../catalogue.ts';
import type { labels as english } from '../en/labels.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
/** As what a verb or preposition governs. */
const conversations = (n: number) => plural(n, { one: 'المحادثة', two: 'محادثتين', few: '# محادثات', many: '# محادثة', other: '# محادثة' });

export const labels: TextsLike<typeof english> = {
  'labels.title': 'التصنيفات',
  'labels.new': 'تصنيف جديد',
  'labels.edit': 'تعديل التصنيف',
  'labels.name': 'الاسم',
  'labels.within': 'داخل',
  'labels.top': 'بلا تصنيف أعلى',
  'labels.color': 'اللون',
  'labels.color.red': 'أحمر',
  'labels.color.orange': 'برتقالي',
  'labels.color.amber': 'كهرماني',
  'labels.color.green': 'أخضر',
  'labels.color.teal': 'أزرق مخضر',
  'labels.color.blue': 'أزرق',
  'labels.color.indigo': 'نيلي',
  'labels.color.violet': 'بنفسجي',
  'labels.color.pink': 'وردي',
  'labels.color.brown': 'بني',
  'labels.color.grey': 'رمادي',
  'labels.none': 'تظهر هنا التصنيفات التي تنشئها.',
  'labels.menu': ({ name }) => `خيارات التصنيف ${isolate(name)}`,
  'labels.addWithin': 'إضافة تصنيف بداخله',
  'labels.delete': 'حذف التصنيف',
  'labels.deleteTitle': 'هل تريد حذف هذا التصنيف؟',
  'labels.deleteText': ({ name, total }) => (total > 0 ? `يُزال «${isolate(name)}» عن ${conversations(total)}. تبقى الرسائل.` : `لا محادثة تحمل «${isolate(name)}».`),
  'labels.pick': 'تصنيف كـ',
  'labels.find': 'ابحث عن تصنيف أو أنشئه',
  'labels.make': ({ name }) => `إنشاء «${isolate(name)}»`,
  'labels.apply': 'تطبيق',
  'labels.some': 'بعضها',
  'labels.takeOff': ({ name }) => `إزالة التصنيف ${isolate(name)}`,
  'labels.added': ({ n, name }) => `أُضيف «${isolate(name)}» إلى ${conversations(n)}`,
  'labels.removed': ({ n, name }) => `أُزيل «${isolate(name)}» عن ${conversations(n)}`,
  'labels.changed': ({ n }) => `تغيّرت تصنيفات ${conversations(n)}`,
};
