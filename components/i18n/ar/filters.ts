// Arabic: filters, automatic reply, forwarding.
import type { TextsLike } from '../catalogue.ts';
import type { filters as english } from '../en/filters.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
const messages = (n: number) => plural(n, { one: 'رسالة واحدة', two: 'رسالتين', few: '# رسائل', many: '# رسالة', other: '# رسالة' });

export const filters: TextsLike<typeof english> = {
  'filters.intro': 'تعمل المرشّحات على البريد عند وصوله من أعلى إلى أسفل. إن أراد اثنان نقل رسالة نقلها الأول.',
  'filters.none': 'لا مرشّحات بعد. افتح رسالة واختر «تصفية الرسائل المشابهة»، أو ابدأ من هنا.',
  'filters.new': 'مرشّح جديد',
  'filters.edit': 'تعديل',
  'filters.editTitle': 'تعديل المرشّح',
  'filters.delete': 'حذف',
  'filters.delete.title': ({ name }) => `هل تريد حذف المرشّح «${isolate(name)}»؟`,
  'filters.delete.text': 'يبقى البريد الذي نقله في مكانه.',
  'filters.up': ({ name }) => `نقل «${isolate(name)}» إلى أعلى`,
  'filters.down': ({ name }) => `نقل «${isolate(name)}» إلى أسفل`,
  'filters.on': ({ name }) => `«${isolate(name)}» مفعّل`,
  'filters.saved': 'حُفظ المرشّح',
  'filters.when': 'عندما تستوفي الرسالة كل ما يلي',
  'filters.from': 'المرسل يحتوي على',
  'filters.to': '«إلى» أو «نسخة» يحتوي على',
  'filters.subject': 'الموضوع يحتوي على',
  'filters.listId': 'القائمة البريدية تحتوي على',
  'filters.hasAttachment': 'بها مرفق',
  'filters.larger': 'أكبر من (ميغابايت)',
  'filters.then': 'افعل ما يلي',
  'filters.moveTo': 'نقل إلى',
  'filters.label': 'تصنيف',
  'filters.noLabel': 'بلا تصنيف',
  'filters.stay': 'تركها حيث تصل',
  'filters.markRead': 'تعليم كمقروءة',
  'filters.star': 'إضافة نجمة',
  'filters.neverSpam': 'لا تُعامل كبريد مزعج أبدًا',
  'filters.name': 'الاسم',
  'filters.nameHint': 'يُكوَّن من الشروط إن تُرك فارغًا.',
  'filters.try': 'تجربة على بريدي',
  'filters.found': ({ n, capped }) => (n === 0 ? 'لا رسالة هنا تطابق.' : `${capped ? 'أكثر من ' : ''}${messages(n)} هنا مما يطابق:`),
  'filters.more': 'وأخرى أقدم',
  'filters.alsoRun': 'تطبيقه أيضًا على البريد الموجود هنا',
  'filters.ran': ({ done, failed }) => `طُبّق على ${messages(done)}${failed > 0 ? `؛ وفشل مع ${messages(failed)}` : ''}`,
  'filters.ranLeft': 'بقي المزيد؛ شغّله مرة أخرى للبقية.',
  'filters.saveButton': 'حفظ المرشّح',
  'filters.incomplete': 'حدّد شرطًا واحدًا وإجراءً واحدًا على الأقل.',

  'vacation.title': 'الرد التلقائي',
  'vacation.hint': 'يخبر من يراسلك بأنك غائب: كل شخص مرة في أربعة أيام، ولا يرد على القوائم البريدية ولا الآلات ولا البريد المزعج.',
  'vacation.enabled': 'الرد تلقائيًا',
  'vacation.subject': 'الموضوع',
  'vacation.subjectHint': 'إن تُرك فارغًا فموضوع الرسالة.',
  'vacation.text': 'النص',
  'vacation.first': 'أول يوم',
  'vacation.last': 'آخر يوم',
  'vacation.saved': 'حُفظ الرد التلقائي',

  'forwarding.title': 'إعادة التوجيه',
  'forwarding.hint': 'تذهب نسخة مما يصل، عدا البريد المزعج، إلى هذه العناوين أيضًا. يجب أن يوافق كل منها أولًا عبر رابط نرسله إليه.',
  'forwarding.address': 'إعادة التوجيه إلى',
  'forwarding.add': 'إرسال الرابط',
  'forwarding.asked': ({ address }) => `الرابط في طريقه إلى ${isolate(address)}`,
  'forwarding.active': 'مفعّلة',
  'forwarding.waiting': 'بانتظار فتح الرابط',
  'forwarding.again': 'إرسال مرة أخرى',
  'forwarding.remove': 'إيقاف',

  'confirmForwarding.title': 'إعادة توجيه البريد',
  'confirmForwarding.text': 'يريد شخص ما إعادة توجيه بريده الوارد إلى هذا العنوان. لا توافق إلا إن كنت تعرفه.',
  'confirmForwarding.agree': 'أوافق',
  'confirmForwarding.done': ({ from, to }) => `يُعاد الآن توجيه بريد ${isolate(from)} إلى ${isolate(to)}.`,
  'confirmForwarding.noLink': 'هذا العنوان غير كامل. افتح الرابط من الرسالة مرة أخرى.',
};
