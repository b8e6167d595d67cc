// Arabic: the frame of the app, folders, sign-in, errors.
import type { TextsLike } from '../catalogue.ts';
import type { common as english } from '../en/frame.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');

export const common: TextsLike<typeof english> = {
  'app.name': 'Eider',
  'app.skipToContent': 'انتقل إلى الرسائل',
  'app.close': 'إغلاق',
  'app.cancel': 'إلغاء',
  'app.retry': 'إعادة المحاولة',
  'app.undo': 'تراجع',
  'app.back': 'رجوع',
  'app.menu': 'القائمة',
  'app.more': 'المزيد',
  'app.dismiss': 'إخفاء',
  'app.loading': 'جارٍ التحميل',
  'app.save': 'حفظ',
  'app.create': 'إنشاء',

  'error.title': 'حدث خطأ ما',
  'error.text': 'تعطّل هذا الجزء من التطبيق. بريدك بأمان.',
  'error.load': 'تعذّر التحميل',
  'error.waitSeconds': ({ n }) => `محاولات كثيرة جدًا. انتظر ${plural(n, { one: 'ثانية', two: 'ثانيتين', few: '# ثوانٍ', many: '# ثانية', other: '# ثانية' })} ثم أعد المحاولة.`,
  'error.waitMinutes': ({ n }) => `محاولات كثيرة جدًا. انتظر ${plural(n, { one: 'دقيقة', two: 'دقيقتين', few: '# دقائق', many: '# دقيقة', other: '# دقيقة' })} ثم أعد المحاولة.`,
  'error.notFound.title': 'لا شيء في هذا العنوان',
  'error.notFound.text': 'الصفحة غير موجودة أو نُقلت.',
  'error.notFound.action': 'اذهب إلى الوارد',

  'offline.text': 'أنت غير متصل. يمكنك قراءة ما حُمّل، وتُرسل التغييرات عند عودة الاتصال.',
  'offline.reconnecting': 'انقطع الاتصال بالخادم. تُعاد المحاولة…',
  'offline.kept': 'تم هنا، ويُبلَّغ الخادم عند عودة الاتصال',
  'offline.waiting': ({ n }) => plural(n, { one: 'تغيير واحد ينتظر.', two: 'تغييران ينتظران.', few: '# تغييرات تنتظر.', many: '# تغييرًا ينتظر.', other: '# تغيير ينتظر.' }),
  'offline.sent': ({ n }) => plural(n, { one: 'نُفّذ تغيير أُجري دون اتصال', two: 'نُفّذ تغييران أُجريا دون اتصال', few: 'نُفّذت # تغييرات أُجريت دون اتصال', many: 'نُفّذ # تغييرًا أُجري دون اتصال', other: 'نُفّذ # تغيير أُجري دون اتصال' }),
  'offline.refused': ({ n }) => plural(n, { one: 'تعذّر تنفيذ تغيير أُجري دون اتصال: تغيّر في مكان آخر', two: 'تعذّر تنفيذ تغييرين أُجريا دون اتصال: تغيّرا في مكان آخر', few: 'تعذّر تنفيذ # تغييرات أُجريت دون اتصال: تغيّرت في مكان آخر', many: 'تعذّر تنفيذ # تغييرًا أُجري دون اتصال: تغيّرت في مكان آخر', other: 'تعذّر تنفيذ # تغيير أُجري دون اتصال: تغيّرت في مكان آخر' }),

  'nav.label': 'صندوق البريد',
  'nav.compose': 'رسالة جديدة',
  'nav.folders': 'المجلدات',
  'nav.newFolder': 'مجلد جديد',
  'nav.folderName': 'اسم المجلد',
  'nav.folderHint': 'استخدم «/» لمجلد داخل مجلد.',
  'nav.renameFolder': 'إعادة تسمية',
  'nav.deleteFolder': 'حذف المجلد',
  'nav.deleteFolderTitle': 'هل تريد حذف هذا المجلد؟',
  'nav.deleteFolderText': ({ name, total }) =>
    total > 0
      ? `سيُحذف «${isolate(name)}» نهائيًا مع ${plural(total, { one: 'الرسالة التي فيه', two: 'الرسالتين اللتين فيه', few: 'رسائله الـ#', many: 'رسائله الـ#', other: 'رسائله الـ#' })}.`
      : `«${isolate(name)}» فارغ.`,
  'nav.folderMenu': ({ name }) => `خيارات ${isolate(name)}`,
  'nav.unread': ({ n }) => plural(n, { one: 'رسالة غير مقروءة', two: 'رسالتان غير مقروءتين', few: '# رسائل غير مقروءة', many: '# رسالة غير مقروءة', other: '# رسالة غير مقروءة' }),
  'nav.contacts': 'جهات الاتصال',
  'nav.scheduled': 'المجدولة',
  'nav.account': 'الحساب',
  'nav.settings': 'الإعدادات',
  'settings.title': 'الإعدادات',
  'nav.shortcuts': 'اختصارات لوحة المفاتيح',
  'nav.signOut': 'تسجيل الخروج',
  'nav.theme': 'المظهر',
  'theme.system': 'النظام',
  'theme.light': 'فاتح',
  'theme.dark': 'داكن',

  'folder.inbox': 'الوارد',
  'folder.snoozed': 'المؤجلة',
  'folder.drafts': 'المسودات',
  'folder.sent': 'المرسلة',
  'folder.archive': 'الأرشيف',
  'folder.junk': 'البريد المزعج',
  'folder.trash': 'المهملات',

  'title.view': ({ view, unread }) => `${unread > 0 ? `(${unread}) ` : ''}${isolate(view)} – Eider`,

  'shortcuts.title': 'اختصارات لوحة المفاتيح',
  'shortcuts.then': 'ثم',
  'shortcuts.group.go': 'الانتقال',
  'shortcuts.group.list': 'القائمة والمحادثة',
  'shortcuts.group.act': 'الإجراءات',
  'shortcuts.group.compose': 'الكتابة',

  'palette.title': 'الأوامر',
  'palette.placeholder': 'اكتب أمرًا أو مجلدًا أو بحثًا…',
  'palette.empty': 'لا شيء مطابق',
  'palette.searchFor': ({ q }) => `البحث في البريد عن «${isolate(q)}»`,
  'palette.goTo': ({ name }) => `الانتقال إلى ${isolate(name)}`,
};
