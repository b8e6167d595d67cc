// What happens to arriving mail: filters, the automatic reply, forwarding.
import { z } from 'zod';
import { instant, mailAddress, opaqueId } from './shapes.ts';

const part = z.string().trim().min(1).max(255).optional();
/** A switch that is on or not there. */
const flag = z.literal(true).optional();

export const filterConditions = z
  .object({ from: part, to: part, subject: part, listId: part, hasAttachment: flag, largerThanBytes: z.number().int().min(1).max(1e9).optional() })
  .strict()
  .refine((conditions) => Object.values(conditions).some((value) => value !== undefined), 'at least one is needed');
export type FilterConditions = z.infer<typeof filterConditions>;

export const filterActions = z
  .object({ moveTo: opaqueId.optional(), label: opaqueId.optional(), markRead: flag, star: flag, neverSpam: flag })
  .strict()
  .refine((actions) => Object.values(actions).some((value) => value !== undefined), 'at least one is needed');
export type FilterActions = z.infer<typeof filterActions>;

export const filterBody = z.object({
  /** '' makes one of the conditions. */
  name: z.string().trim().max(200).default(''),
  enabled: z.boolean().default(true),
  conditions: filterConditions,
  actions: filterActions,
});
export type FilterBody = z.input<typeof filterBody>;

export const mailFilter = z.object({ id: opaqueId, name: z.string(), enabled: z.boolean(), conditions: filterConditions, actions: filterActions });
export type MailFilter = z.infer<typeof mailFilter>;
/** In the order in which they apply: of two that move a message, the first does. */
export const filterList = z.object({ items: z.array(mailFilter) });
export type FilterList = z.infer<typeof filterList>;

export const filterOrderBody = z.object({ ids: z.array(opaqueId).max(500) });

export const filterPreviewBody = z.object({ conditions: filterConditions });
export const filterPreview = z.object({
  /** At most 10,000. */
  count: z.number(),
  capped: z.boolean(),
  /** The newest. */
  items: z.array(z.object({ id: opaqueId, conversationId: opaqueId, from: mailAddress, subject: z.string(), date: instant })),
});
export type FilterPreview = z.infer<typeof filterPreview>;

export const filterRunBody = z.object({ conditions: filterConditions, actions: filterActions });
/** `left`: there were more than one run takes. */
export const filterRun = z.object({ matched: z.number(), done: z.number(), failed: z.number(), left: z.boolean() });
export type FilterRun = z.infer<typeof filterRun>;

const day = z.iso.date('a date of the form 2026-12-31').nullable();
export const vacation = z
  .object({
    enabled: z.boolean(),
    /** '' answers under the subject of the message. */
    subject: z.string().trim().max(200),
    text: z.string().max(20_000),
    /** First and last day, in the sender's part of the world as in ours: UTC. Null: no limit. */
    firstDay: day,
    lastDay: day,
  })
  .refine(({ firstDay, lastDay }) => firstDay === null || lastDay === null || firstDay <= lastDay, { path: ['lastDay'], message: 'not before the first day' })
  .refine(({ enabled, text }) => !enabled || text.trim() !== '', { path: ['text'], message: 'a text is needed' });
export type Vacation = z.infer<typeof vacation>;

export const forwardingTarget = z.object({ id: opaqueId, address: z.string(), verified: z.boolean() });
export type ForwardingTarget = z.infer<typeof forwardingTarget>;
export const forwardingList = z.object({ items: z.array(forwardingTarget) });
export const forwardingBody = z.object({ address: z.string().trim().min(1, 'an address is needed').max(320) });
export const forwardingConfirmBody = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'not a token') });
export const forwardingConfirmed = z.object({ from: z.string(), to: z.string() });
