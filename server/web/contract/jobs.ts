// Actions on thousands of conversations at once, worked on by the server while the browser looks on, or is shut.
import { z } from 'zod';
import { actionName, listFilter } from './mailbox.ts';
import { instant, opaqueId } from './shapes.ts';

/** Which conversations: those of a folder or label, or those that a search finds. Taken as they are when the job begins. */
export const jobScope = z.union([
  z.object({ kind: z.literal('folder'), folderId: opaqueId, filter: listFilter.optional() }),
  z.object({ kind: z.literal('search'), q: z.string().trim().min(1, 'a search is needed').max(1000), folderId: opaqueId.optional() }),
]);
export type JobScope = z.infer<typeof jobScope>;

/** Those that thousands can be meant for. */
export const jobAction = actionName.exclude(['snooze', 'unsnooze', 'mute', 'unmute']);
export type JobActionName = z.infer<typeof jobAction>;

export const jobCreateBody = z
  .object({
    action: jobAction,
    scope: jobScope,
    /** With `move`. */
    targetFolderId: opaqueId.optional(),
    /** With `label`. */
    addLabels: z.array(opaqueId).max(50).optional(),
    removeLabels: z.array(opaqueId).max(50).optional(),
  })
  .refine((body) => body.action !== 'move' || body.targetFolderId !== undefined, { path: ['targetFolderId'], message: 'needed with "move"' })
  .refine((body) => body.action !== 'label' || (body.addLabels?.length ?? 0) + (body.removeLabels?.length ?? 0) > 0, {
    path: ['addLabels'],
    message: 'name at least one label to add or to remove',
  });
export type JobCreateBody = z.infer<typeof jobCreateBody>;

export const jobState = z.enum(['collecting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone']);

export const job = z.object({
  id: opaqueId,
  action: jobAction,
  state: jobState,
  /** Conversations: in all (0 while they are being looked up), worked on, and how many the mail store refused. */
  total: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  /** Whether POST …/undo takes it back: it has ended, and something was changed that can be. */
  undoable: z.boolean(),
  createdAt: instant,
  endedAt: instant.nullable(),
});
export type Job = z.infer<typeof job>;

export const jobList = z.object({ items: z.array(job) });
