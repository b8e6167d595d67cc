// Arabic: invitations within messages.
import type { TextsLike } from '../catalogue.ts';
import type { calendar as english } from '../en/calendar.ts';
import { isolate } from '../isolate.ts';
import { pluralFor } from '../plural.ts';

const plural = pluralFor('ar');

export const calendar: TextsLike<typeof english> = {
  'invite.label': 'دعوة',
  'invite.untitled': '(بلا عنوان)',
  'invite.cancelled': 'أُلغيت',
  'invite.update': ({ name }) => `اقتراح وقت آخر من ${isolate(name)}`,
  'invite.reply.accepted': ({ name }) => `حضور مؤكد: ${isolate(name)}`,
  'invite.reply.tentative': ({ name }) => `حضور محتمل: ${isolate(name)}`,
  'invite.reply.declined': ({ name }) => `اعتذار عن الحضور: ${isolate(name)}`,
  'invite.reply.other': ({ name }) => `ورد جواب من ${isolate(name)}`,
  'invite.where': 'المكان',
  'invite.organizer': 'المنظّم',
  'invite.attendees': 'المدعوون',
  'invite.allDay': 'طوال اليوم',
  'invite.floating': 'بالتوقيت المحلي',
  'invite.every.day': ({ n }) => plural(n, { one: 'كل يوم', two: 'كل يومين', few: 'كل # أيام', many: 'كل # يومًا', other: 'كل # يوم' }),
  'invite.every.week': ({ n }) => plural(n, { one: 'كل أسبوع', two: 'كل أسبوعين', few: 'كل # أسابيع', many: 'كل # أسبوعًا', other: 'كل # أسبوع' }),
  'invite.every.month': ({ n }) => plural(n, { one: 'كل شهر', two: 'كل شهرين', few: 'كل # أشهر', many: 'كل # شهرًا', other: 'كل # شهر' }),
  'invite.every.year': ({ n }) => plural(n, { one: 'كل سنة', two: 'كل سنتين', few: 'كل # سنوات', many: 'كل # سنة', other: 'كل # سنة' }),
  'invite.every.other': 'متكررة',
  'invite.times': ({ n }) => plural(n, { one: 'مرة واحدة', two: 'مرتين', few: '# مرات', many: '# مرة', other: '# مرة' }),
  'invite.more': ({ n }) => plural(n, { one: 'واحد آخر', two: 'اثنان آخران', few: '# آخرون', many: '# آخرين', other: '# آخرين' }),
  'invite.status.accepted': 'حضور مؤكد',
  'invite.status.tentative': 'حضور محتمل',
  'invite.status.declined': 'اعتذار عن الحضور',
  'invite.status.delegated': 'يحضر شخص آخر بالنيابة',
  'invite.status.needs-action': 'لم يرد جواب بعد',
  'invite.answer': 'جوابك',
  'invite.accepted': 'نعم',
  'invite.tentative': 'ربما',
  'invite.declined': 'لا',
  'invite.sent': ({ name }) => `أُرسل الجواب إلى ${isolate(name)}`,
  'invite.failed': ({ message }) => `لم يُرسل جوابك: ${isolate(message)}`,
  'invite.answerAs': ({ address }) => `باسم ${isolate(address)}`,
  'invite.unreadable': 'تعذّرت قراءة هذه الدعوة. الملف في الأسفل.',
};
