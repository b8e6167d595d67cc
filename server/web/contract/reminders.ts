// Reminders of sent messages that nobody answers.
import { z } from 'zod';
import { instant, moment } from './shapes.ts';

export const REMIND_DAYS_MAX = 90;

export const remindDays = z.number().int().min(1).max(REMIND_DAYS_MAX);

/** Of the account's last message in the conversation: at that moment, unless somebody answers; null ends it. */
export const reminderBody = z.object({ remindAt: moment.nullable() });

/** One that waits; null when there is none, or somebody has answered. */
export const reminder = z.object({ remindAt: instant }).nullable();
export const reminderAnswer = z.object({ reminder });
export type ReminderAnswer = z.infer<typeof reminderAnswer>;
