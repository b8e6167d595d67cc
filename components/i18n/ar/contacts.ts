// Arabic: contacts and groups.
import type { TextsLike } from '../catalogue.ts';
import type { contacts as english } from '../en/contacts.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
const contactsOf = (n: number) => plural(n, { zero: 'لا جهات اتصال', one: 'جهة اتصال واحدة', two: 'جهتا اتصال', few: '# جهات اتصال', many: '# جهة اتصال', other: '# جهة اتصال' });
/** As what a verb or a preposition governs. */
const ofContacts = (n: number) => plural(n, { zero: '# جهات اتصال', one: 'جهة اتصال واحدة', two: 'جهتي اتصال', few: '# جهات اتصال', many: '# جهة اتصال', other: '# جهة اتصال' });

export const contacts: TextsLike<typeof english> = {
  'contacts.title': 'جهات الاتصال',
  'contacts.all': 'الكل',
  'contacts.others': 'آخرون تراسلهم',
  'contacts.othersHint': 'من كتبت إليهم ولم تحفظهم، والأكثر استعمالًا أولًا.',
  'contacts.othersEmpty': 'كل من تراسلهم موجودون بين جهات اتصالك',
  'contacts.filter': 'عرض',
  'contacts.search': 'البحث في جهات الاتصال',
  'contacts.new': 'جهة اتصال جديدة',
  'contacts.menu': 'المزيد لجهات الاتصال',
  'contacts.import': 'استيراد ملف vCard…',
  'contacts.importing': 'جارٍ الاستيراد…',
  'contacts.export4': 'تصدير بصيغة vCard 4.0',
  'contacts.export3': 'تصدير بصيغة vCard 3.0',
  'contacts.duplicates': 'البحث عن المكرر',
  'contacts.empty': 'لا جهات اتصال بعد',
  'contacts.emptyHint': 'احفظ من تراسلهم، أو أحضر ملف vCard من حيث كنت.',
  'contacts.emptyGroup': 'لا أحد في هذه المجموعة بعد',
  'contacts.emptyGroupHint': 'حدد جهات اتصال ثم اختر «المجموعات».',
  'contacts.nothingFound': 'لا أحد يطابق البحث',
  'contacts.selectOne': ({ name }) => `تحديد ${isolate(name)}`,
  'contacts.selected': ({ n }) => `المحدد: ${contactsOf(n)}`,
  'contacts.clearSelection': 'إلغاء التحديد',
  'contacts.write': 'كتابة رسالة',
  'contacts.writeTo': ({ name }) => `الكتابة إلى ${isolate(name)}`,
  'contacts.merge': 'دمج',
  'contacts.groups': 'المجموعات',
  'contacts.keep': ({ name }) => `إضافة ${isolate(name)} إلى جهات الاتصال`,
  'contacts.kept': ({ name }) => `صار ${isolate(name)} من جهات اتصالك`,
  'contacts.saved': 'حُفظت جهة الاتصال',
  'contacts.deleted': ({ n }) => `حُذف: ${contactsOf(n)}`,
  'contacts.merged': ({ n }) => `تم دمج ${ofContacts(n)}`,
  'contacts.undone': 'تم التراجع',
  'contacts.imported': ({ added, updated, unreadable }) =>
    [`تم استيراد ${ofContacts(added)}`, updated > 0 && `وتحديث ${ofContacts(updated)}`, unreadable > 0 && plural(unreadable, { one: 'وتعذرت قراءة بطاقة واحدة', two: 'وتعذرت قراءة بطاقتين', few: 'وتعذرت قراءة # بطاقات', other: 'وتعذرت قراءة # بطاقة' })].filter(Boolean).join('، '),
  'contacts.failed': ({ message }) => `لم ينجح ذلك: ${isolate(message)}`,

  'contact.edit': 'جهة اتصال',
  'contact.given': 'الاسم الأول',
  'contact.family': 'اسم العائلة',
  'contact.name': 'الاسم المعروض',
  'contact.organization': 'المؤسسة',
  'contact.jobTitle': 'المنصب',
  'contact.addresses': 'عناوين البريد',
  'contact.address': ({ n }) => `عنوان البريد ${n}`,
  'contact.phones': 'أرقام الهاتف',
  'contact.phone': ({ n }) => `رقم الهاتف ${n}`,
  'contact.label': ({ of }) => `نوع ${isolate(of)}`,
  'contact.labelHint': 'المنزل، العمل…',
  'contact.addAddress': 'إضافة عنوان بريد',
  'contact.addPhone': 'إضافة رقم هاتف',
  'contact.remove': ({ what }) => `إزالة ${isolate(what)}`,
  'contact.note': 'ملاحظة',
  'contact.photo': 'الصورة',
  'contact.choosePhoto': 'اختيار صورة',
  'contact.removePhoto': 'إزالة الصورة',
  'contact.badPhoto': 'هذا الملف ليس صورة يمكن عرضها.',
  'contact.more': 'في هذه البطاقة أيضًا',
  'contact.delete': 'حذف',

  'group.new': 'مجموعة جديدة',
  'group.name': 'اسم المجموعة',
  'group.menu': ({ name }) => `خيارات المجموعة ${isolate(name)}`,
  'group.rename': 'إعادة تسمية المجموعة',
  'group.delete': 'حذف المجموعة',
  'group.deleted': ({ name }) => `حُذفت المجموعة «${isolate(name)}» وبقيت جهات اتصالها`,
  'group.write': 'الكتابة إلى المجموعة',
  'group.none': 'لا مجموعات بعد.',
  'group.export': 'تصدير المجموعة',

  'duplicates.title': 'المكرر',
  'duplicates.none': 'لا جهتي اتصال تشتركان في عنوان أو اسم.',
  'duplicates.address': 'العنوان نفسه',
  'duplicates.name': 'الاسم نفسه',
  'duplicates.merge': ({ name }) => `دمج ${isolate(name)}`,
  'duplicates.mergeShort': 'دمج',
  'duplicates.hint': 'تبقى الأولى وتأخذ ما تعرفه الأخريات.',
};
