// Arabic: what can be done with conversations, and what was done.
import type { TextsLike } from '../catalogue.ts';
import type { actions as english } from '../en/actions.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');
/** After a verb in the passive, which stays the same for every number. */
const conversations = (n: number) => plural(n, { one: 'المحادثة', two: 'محادثتان', few: '# محادثات', many: '# محادثة', other: '# محادثة' });

export const actions: TextsLike<typeof english> = {
  'action.archive': 'أرشفة',
  'action.trash': 'حذف',
  'action.delete': 'حذف نهائي',
  'action.spam': 'إبلاغ عن بريد مزعج',
  'action.notSpam': 'ليس مزعجًا',
  'action.move': 'نقل إلى…',
  'action.label': 'تصنيف…',
  'action.read': 'تعليم كمقروءة',
  'action.unread': 'تعليم كغير مقروءة',
  'action.star': 'إضافة نجمة',
  'action.unstar': 'إزالة النجمة',
  'action.snooze': 'تأجيل…',
  'action.unsnooze': 'إعادتها الآن',
  'action.mute': 'كتم',
  'action.unmute': 'إلغاء الكتم',
  'action.reply': 'رد',
  'action.replyAll': 'رد على الكل',
  'action.forward': 'إعادة توجيه',

  'move.title': 'نقل إلى',
  'move.filter': 'ابحث عن مجلد',
  'move.none': 'لا يوجد مجلد مطابق',

  'confirm.delete.title': 'هل تريد الحذف نهائيًا؟',
  'confirm.delete.text': ({ n }) => `لا يمكن استرجاع ${plural(n, { one: 'هذه المحادثة', two: 'هاتين المحادثتين', few: '# محادثات', many: '# محادثة', other: '# محادثة' })}.`,

  'done.archive': ({ n }) => `أُرشفت ${conversations(n)}`,
  'done.trash': ({ n }) => `نُقلت ${conversations(n)} إلى المهملات`,
  'done.delete': ({ n }) => `حُذفت ${conversations(n)}`,
  'done.spam': ({ n }) => `أُبلغ عن ${plural(n, { one: 'المحادثة', two: 'محادثتين', few: '# محادثات', many: '# محادثة', other: '# محادثة' })} كبريد مزعج`,
  'done.notSpam': ({ n }) => `نُقلت ${conversations(n)} إلى الوارد`,
  'done.move': ({ n, folder }) => `نُقلت ${conversations(n)} إلى ${isolate(folder)}`,
  'done.read': ({ n }) => `عُلّمت ${conversations(n)} كمقروءة`,
  'done.unread': ({ n }) => `عُلّمت ${conversations(n)} كغير مقروءة`,
  'done.star': ({ n }) => `مُيّزت ${conversations(n)} بنجمة`,
  'done.unstar': ({ n }) => `أُزيلت ${plural(n, { one: 'النجمة', two: 'نجمتان', few: '# نجمات', many: '# نجمة', other: '# نجمة' })}`,
  'done.snooze': ({ n }) => `أُجّلت ${conversations(n)}`,
  'done.unsnooze': ({ n }) => `عادت ${conversations(n)} إلى الوارد`,
  'done.mute': ({ n }) => `كُتمت ${conversations(n)}: لن تظهر رسائلها الجديدة في الوارد`,
  'done.unmute': ({ n }) => `أُلغي كتم ${plural(n, { one: 'المحادثة', two: 'محادثتين', few: '# محادثات', many: '# محادثة', other: '# محادثة' })}`,
  'done.undone': 'تم التراجع',
  'done.failed': ({ message }) => `لم يتم التنفيذ: ${isolate(message)}`,
  'done.partly': ({ failed, n }) => `تعذّر تغيير ${failed} من ${n}`,
  'done.undoFailed': ({ message }) => `تعذّر التراجع: ${isolate(message)}`,

  'command.next': 'المحادثة التالية',
  'command.previous': 'المحادثة السابقة',
  'command.open': 'فتح المحادثة',
  'command.back': 'العودة إلى القائمة',
  'command.select': 'تحديد المحادثة',
  'command.selectAll': 'تحديد الكل',
  'command.selectNone': 'إلغاء التحديد',
  'command.compose': 'كتابة رسالة',
  'command.search': 'بحث',
  'command.help': 'عرض هذه المساعدة',
  'command.palette': 'لوحة الأوامر',
  'command.goInbox': 'الوارد',
  'command.goStarred': 'المميّزة بنجمة',
  'command.goSnoozed': 'المؤجلة',
  'command.goDrafts': 'المسودات',
  'command.goSent': 'المرسلة',
  'command.goArchive': 'الأرشيف',
  'command.goTrash': 'المهملات',
  'command.goSpam': 'البريد المزعج',
  'command.goSettings': 'الإعدادات',
  'command.toggleStar': 'إضافة النجمة أو إزالتها',
  'command.nextMessage': 'الرسالة التالية في المحادثة',
  'command.previousMessage': 'الرسالة السابقة في المحادثة',
  'command.expandAll': 'توسيع كل الرسائل',
  'command.send': 'إرسال',
  'command.closeCompose': 'حفظ وإغلاق',
  'command.undo': 'التراجع عن آخر إجراء',
};
