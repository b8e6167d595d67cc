// Arabic: actions on thousands of conversations.
import type { TextsLike } from '../catalogue.ts';
import type { jobs as english } from '../en/jobs.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
/** As a subject; `ofAll` as what a preposition governs. */
const conversations = (n: number) => plural(n, { zero: 'لا محادثات', one: 'محادثة واحدة', two: 'محادثتان', few: '# محادثات', many: '# محادثة', other: '# محادثة' });
const ofAll = (n: number) => plural(n, { zero: '# محادثات', one: 'محادثة واحدة', two: 'محادثتين', few: '# محادثات', many: '# محادثة', other: '# محادثة' });

export const jobs: TextsLike<typeof english> = {
  'jobs.title': 'الإجراءات الكبيرة',
  'jobs.pageSelected': ({ n }) => plural(n, { one: 'المحادثة الوحيدة المحمّلة محددة.', two: 'المحادثتان المحمّلتان محددتان.', few: 'المحادثات المحمّلة (#) كلها محددة.', many: 'المحادثات المحمّلة (#) كلها محددة.', other: 'المحادثات المحمّلة (#) كلها محددة.' }),
  'jobs.everything': ({ n, name }) => `حُدّد كل ما في ${isolate(name)}: ${conversations(n)}.`,
  'jobs.everythingFound': 'كل المحادثات المطابقة لهذا البحث محددة.',
  'jobs.everythingShown': ({ name }) => `كل المحادثات المعروضة في ${isolate(name)} محددة.`,
  'jobs.selectEverything': ({ n, name }) => `تحديد كل ما في ${isolate(name)}: ${conversations(n)}`,
  'jobs.selectFound': 'تحديد كل ما يطابق هذا البحث',
  'jobs.selectShown': ({ name }) => `تحديد كل المعروض في ${isolate(name)}`,
  'jobs.deleteText': 'لا يمكن استرجاع أي من محادثات هذه القائمة.',
  'jobs.collecting': 'يجري البحث عن المحادثات…',
  'jobs.undoing': 'يجري التراجع…',
  'jobs.undone': 'تم التراجع',
  'jobs.running.archive': 'تجري الأرشفة',
  'jobs.running.trash': 'يجري النقل إلى المهملات',
  'jobs.running.delete': 'يجري الحذف النهائي',
  'jobs.running.spam': 'يجري الإبلاغ عن بريد مزعج',
  'jobs.running.notSpam': 'يجري النقل إلى الوارد',
  'jobs.running.move': 'يجري النقل',
  'jobs.running.read': 'يجري التعليم كمقروءة',
  'jobs.running.unread': 'يجري التعليم كغير مقروءة',
  'jobs.running.star': 'تجري إضافة النجوم',
  'jobs.running.unstar': 'تجري إزالة النجوم',
  'jobs.running.label': 'يجري التصنيف',
  'jobs.progress': ({ done, total }) => `${plural(done, { other: '#' })} من ${plural(total, { other: '#' })}`,
  'jobs.done': ({ n }) => `اكتمل: ${conversations(n)}`,
  'jobs.cancelled': ({ n }) => `توقّف بعد ${ofAll(n)}`,
  'jobs.failed': ({ n }) => `تعطّل بعد ${ofAll(n)}`,
  'jobs.refused': ({ n }) => `تعذّر تغيير ${ofAll(n)}`,
};
