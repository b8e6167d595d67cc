// Arabic: import and export of mail.
import type { TextsLike } from '../catalogue.ts';
import type { transfers as english } from '../en/transfers.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
const messages = (n: number) => plural(n, { zero: 'لا رسائل', one: 'رسالة واحدة', two: 'رسالتان', few: '# رسائل', many: '# رسالة', other: '# رسالة' });
/** As what a verb or a preposition governs. */
const ofMessages = (n: number) => plural(n, { zero: '# رسائل', one: 'رسالة واحدة', two: 'رسالتين', few: '# رسائل', many: '# رسالة', other: '# رسالة' });
const number = (n: number) => plural(n, { other: '#' });

export const transfers: TextsLike<typeof english> = {
  'transfers.account': 'من حساب آخر',
  'transfers.accountHint': 'يجلب المجلدات والعلامات والتواريخ عبر IMAP. ما هو موجود هنا يُتجاوز، فيمكن تكرار ذلك.',
  'transfers.host': 'خادم IMAP',
  'transfers.port': 'المنفذ',
  'transfers.security': 'التشفير',
  'transfers.security.tls': 'بتشفير TLS',
  'transfers.security.starttls': 'بتشفير STARTTLS',
  'transfers.security.none': 'بلا تشفير',
  'transfers.user': 'المستخدم',
  'transfers.password': 'كلمة المرور',
  'transfers.passwordHint': 'تُحفظ مشفرة حتى ينتهي الاستيراد ثم تُنسى. يطلب كثير من المزودين كلمة مرور للتطبيقات.',
  'transfers.look': 'عرض المجلدات',
  'transfers.folders': 'المجلدات المطلوب جلبها',
  'transfers.goesTo': ({ name }) => `إلى ${isolate(name)}`,
  'transfers.messages': ({ n }) => messages(n),
  'transfers.bring': ({ n }) => `جلب ${ofMessages(n)}`,
  'transfers.other': 'حساب آخر',
  'transfers.files': 'من ملفات',
  'transfers.filesHint': 'ملفات mbox (من Thunderbird وGoogle Takeout وmutt وDovecot) ورسائل مفردة (‎.eml)، حتى 4 غيغابايت في المرة.',
  'transfers.chooseFiles': 'اختيار ملفات',
  'transfers.into': 'إلى المجلد',
  'transfers.sending': ({ percent }) => `جارٍ الرفع، ${percent} %`,
  'transfers.export': 'إلى ملفات',
  'transfers.exportHint': 'صيغة mbox لبرامج البريد، أو ملف مضغوط لرسائل مفردة.',
  'transfers.what': 'المطلوب تصديره',
  'transfers.everything': 'كل شيء',
  'transfers.format': 'الصيغة',
  'transfers.format.mbox': 'ملف mbox',
  'transfers.format.eml': 'رسائل EML (مضغوطة)',
  'transfers.exportButton': 'تصدير',
  'transfers.list': 'عمليات الاستيراد والتصدير',
  'transfers.kind.export': ({ name }) => `تصدير ${isolate(name)}`,
  'transfers.kind.files': ({ name }) => `استيراد ${isolate(name)}`,
  'transfers.kind.imap': ({ name }) => `استيراد من ${isolate(name)}`,
  'transfers.state.preparing': 'قيد التحضير',
  'transfers.state.running': 'قيد التنفيذ',
  'transfers.state.done': 'تم',
  'transfers.state.cancelled': 'أُوقف',
  'transfers.state.failed': 'فشل',
  'transfers.progress': ({ done, total }) => `${number(done)} من ${number(total)}`,
  'transfers.skipped': ({ n }) => `موجود هنا: ${number(n)}`,
  'transfers.refused': ({ n }) => `تعذر أخذه: ${number(n)}`,
  'transfers.stop': 'إيقاف',
  'transfers.stopNamed': ({ name }) => `إيقاف: ${isolate(name)}`,
  'transfers.problem.credentials': 'رفض الخادم المستخدم أو كلمة المرور.',
  'transfers.problem.unreachable': 'تعذر الوصول إلى الخادم لدقائق.',
  'transfers.problem.certificate': 'شهادة الخادم غير صالحة لاسمه.',
  'transfers.problem.forbidden': 'لا يمكن جلب البريد من هناك.',
  'transfers.problem.quota': 'صندوق البريد ممتلئ.',
  'transfers.problem.folder': 'اختفى أحد المجلدات.',
  'transfers.problem.file': 'تعذرت قراءة أحد الملفات.',
  'transfers.problem.store': 'لم يُجب مخزن البريد.',
  'transfers.problem.internal': 'حدث خطأ في الخادم، وقد سُجّل.',
  'transfers.again': 'ما وصل يبقى، والبدء من جديد يتجاوزه.',
};
