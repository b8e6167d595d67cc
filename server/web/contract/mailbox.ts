// Folders, conversation lists, search and actions.
import { z } from 'zod';
import { instant, mailAddress, opaqueId, pageOf, pageQuery } from './shapes.ts';

export const specialUse = z.enum(['inbox', 'snoozed', 'drafts', 'sent', 'archive', 'junk', 'trash']);
export type SpecialUse = z.infer<typeof specialUse>;

export const folder = z.object({
  id: opaqueId,
  /** The last part of the path, for showing. */
  name: z.string(),
  /** Full path, parts separated by '/'. */
  path: z.string(),
  parentId: opaqueId.nullable(),
  specialUse: specialUse.nullable(),
  /** Conversations, with unread messages and in all. */
  unread: z.number().int(),
  total: z.number().int(),
});
export type Folder = z.infer<typeof folder>;

export const folderList = z.object({ items: z.array(folder) });
export const folderCreateBody = z.object({ path: z.string().trim().min(1).max(200) });
export const folderRenameBody = z.object({ path: z.string().trim().min(1).max(200) });

/** One row of a list: a conversation as seen from one folder. */
export const conversationRow = z.object({
  id: opaqueId,
  folderId: opaqueId,
  subject: z.string(),
  snippet: z.string(),
  /** Oldest first, without repeats; `self` marks the account's own addresses. At most 6. */
  participants: z.array(mailAddress.extend({ self: z.boolean() })),
  /** Of the newest message, at most 3: what a list of sent mail or drafts shows instead. */
  recipients: z.array(mailAddress.extend({ self: z.boolean() })),
  messageCount: z.number().int(),
  unreadCount: z.number().int(),
  starred: z.boolean(),
  hasAttachments: z.boolean(),
  hasDraft: z.boolean(),
  answered: z.boolean(),
  /** Keywords, in any letter case: see GET /api/labels. */
  labels: z.array(z.string()),
  latestAt: instant,
  /** In the list of what is snoozed: when it comes back. */
  snoozedUntil: instant.optional(),
  /** In the inbox: a reminder brought it back, because nobody has answered since. */
  unansweredSince: instant.optional(),
  /** Newest message of the conversation in this folder. */
  latestEmailId: opaqueId,
  /** Set when the list came from a search. */
  matchedFolderName: z.string().optional(),
});
export type ConversationRow = z.infer<typeof conversationRow>;

export const conversationPage = pageOf(conversationRow);
export type ConversationPage = z.infer<typeof conversationPage>;

export const listFilter = z.enum(['unread', 'starred']);
export const listQuery = pageQuery.extend({ filter: listFilter.optional() });

export const searchQuery = pageQuery.extend({
  q: z.string().max(1000),
  /** Without it, every folder except Junk and Trash. */
  folderId: opaqueId.optional(),
});

/**
 * `archive`, `trash`, `spam`, `notSpam` and `move` take the messages in `folderId` when it is given, otherwise
 * every message outside Sent, Drafts, Junk and Trash. `unread` and `star` take the newest message there;
 * `read`, `unstar` and `label` every message of the conversation. `delete` is for good, and only out of Trash, Junk
 * and Drafts. `snooze` takes what `move` would of the folder looked at, else what lies in the inbox, away until `until`;
 * `unsnooze` brings back what is snoozed. `mute` takes a conversation out of the inbox, and keeps what comes later out
 * of it; it and `unmute` are about conversations only.
 */
export const actionName = z.enum(['archive', 'trash', 'spam', 'notSpam', 'move', 'read', 'unread', 'star', 'unstar', 'label', 'delete', 'snooze', 'unsnooze', 'mute', 'unmute']);
export type ActionName = z.infer<typeof actionName>;

export const actionBody = z
  .object({
    action: actionName,
    conversationIds: z.array(opaqueId).max(500).optional(),
    emailIds: z.array(opaqueId).max(5000).optional(),
    /** The folder that the user looks at. */
    folderId: opaqueId.optional(),
    /** With `move`. */
    targetFolderId: opaqueId.optional(),
    /** With `snooze`: an instant to come. */
    until: instant.max(40).optional(),
    /** With `label`: ids of labels. One that is in neither list stays as it is. */
    addLabels: z.array(opaqueId).max(50).optional(),
    removeLabels: z.array(opaqueId).max(50).optional(),
  })
  .refine((body) => (body.conversationIds?.length ?? 0) + (body.emailIds?.length ?? 0) > 0, {
    path: ['conversationIds'],
    message: 'name at least one conversation or message',
  })
  .refine((body) => body.action !== 'move' || body.targetFolderId !== undefined, {
    path: ['targetFolderId'],
    message: 'needed with "move"',
  })
  .refine((body) => body.action !== 'label' || (body.addLabels?.length ?? 0) + (body.removeLabels?.length ?? 0) > 0, {
    path: ['addLabels'],
    message: 'name at least one label to add or to remove',
  })
  .refine((body) => body.action !== 'snooze' || body.until !== undefined, { path: ['until'], message: 'needed with "snooze"' })
  .refine((body) => !['mute', 'unmute'].includes(body.action) || body.conversationIds !== undefined, {
    path: ['conversationIds'],
    message: 'conversations are muted, not messages',
  });
export type ActionBody = z.infer<typeof actionBody>;

/** What became of each item that was named; an item that failed left its messages as they were. */
export const actionResult = z.object({
  results: z.array(
    z.object({
      id: opaqueId,
      status: z.enum(['done', 'unchanged', 'not_found', 'failed']),
      /** Text for people, with `failed`. */
      message: z.string().optional(),
    }),
  ),
  /** POST this to the same route to take the action back; null where there is no way back. */
  undo: z.array(actionBody).nullable(),
});
export type ActionResult = z.infer<typeof actionResult>;

/** Data of the `change` event of GET /api/events: what to read again. Empty `folderIds`: everything. */
export const changeEvent = z.object({ folderIds: z.array(opaqueId) });
export type ChangeEvent = z.infer<typeof changeEvent>;
