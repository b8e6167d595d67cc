// Arabic: the snooze menu.
import type { TextsLike } from '../catalogue.ts';
import type { snooze as english } from '../en/snooze.ts';

export const snooze: TextsLike<typeof english> = {
  'snooze.title': 'تأجيل حتى',
  'snooze.laterToday': 'لاحقًا اليوم',
  'snooze.tomorrow': 'غدًا',
  'snooze.weekend': 'عطلة نهاية الأسبوع',
  'snooze.nextWeek': 'الأسبوع القادم',
  'snooze.pick': 'التاريخ والوقت',
  'snooze.set': 'تأجيل',
  'snooze.past': 'اختر وقتًا قادمًا.',
};
