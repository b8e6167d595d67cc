// Labels: many per message, coloured, nested by name. Stored as IMAP keywords, so that mail programs show them as tags.
import { z } from 'zod';
import { opaqueId } from './shapes.ts';

export const labelColor = z.enum(['red', 'orange', 'amber', 'green', 'teal', 'blue', 'indigo', 'violet', 'pink', 'brown', 'grey']);
export type LabelColor = z.infer<typeof labelColor>;

export const label = z.object({
  /** Also the id of the label's list, for GET /api/mailbox/folders/{id}/conversations. */
  id: opaqueId,
  /** The IMAP keyword, lower case: what `labels` of conversations and messages hold (there in any case). */
  keyword: z.string(),
  /** With the names of the labels that it lies in, separated by '/'. */
  name: z.string(),
  color: labelColor,
  /** Conversations, with unread messages and in all; Spam and Trash aside. */
  unread: z.number().int(),
  total: z.number().int(),
});
export type Label = z.infer<typeof label>;

export const labelList = z.object({ items: z.array(label) });

const name = z.string().trim().min(1, 'a name is needed').max(100);
export const labelCreateBody = z.object({ name, color: labelColor.optional() });
export const labelUpdateBody = z
  .object({ name: name.optional(), color: labelColor.optional() })
  .refine((body) => body.name !== undefined || body.color !== undefined, { path: ['name'], message: 'give a name or a colour' });
