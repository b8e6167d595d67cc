// English: the snooze menu. Loaded with it.

export const snooze = {
  'snooze.title': 'Snooze until',
  'snooze.laterToday': 'Later today',
  'snooze.tomorrow': 'Tomorrow',
  'snooze.weekend': 'This weekend',
  'snooze.nextWeek': 'Next week',
  'snooze.pick': 'Date and time',
  'snooze.set': 'Snooze',
  'snooze.past': 'Choose a moment to come.',
};
