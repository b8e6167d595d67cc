// Texts that a user keeps to write from.
import { z } from 'zod';
import { instant, opaqueId } from './shapes.ts';

export const TEMPLATES_MAX = 200;

export const templateBody = z.object({
  name: z.string().trim().min(1, 'a name is needed').max(100),
  subject: z.string().max(2000).default(''),
  /** Images of the message itself are left out: they belong to one message. */
  html: z.string().max(500_000),
});
export type TemplateBody = z.input<typeof templateBody>;

export const template = z.object({ id: opaqueId, name: z.string(), subject: z.string(), html: z.string(), updatedAt: instant });
export type Template = z.infer<typeof template>;
export const templateList = z.object({ items: z.array(template) });
