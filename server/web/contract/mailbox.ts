// Folders, conversation lists, search, actions and suggestions.
import { z } from 'zod';
import { instant, mailAddress, opaqueId, pageOf, pageQuery } from './shapes.ts';

export const specialUse = z.enum(['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash']);
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
  labels: z.array(z.string()),
  latestAt: instant,
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
 * `read` and `unstar` every message of the conversation. `delete` is for good, and only out of Trash, Junk and
 * Drafts.
 */
export const actionName = z.enum(['archive', 'trash', 'spam', 'notSpam', 'move', 'read', 'unread', 'star', 'unstar', 'delete']);
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
  })
  .refine((body) => (body.conversationIds?.length ?? 0) + (body.emailIds?.length ?? 0) > 0, {
    path: ['conversationIds'],
    message: 'name at least one conversation or message',
  })
  .refine((body) => body.action !== 'move' || body.targetFolderId !== undefined, {
    path: ['targetFolderId'],
    message: 'needed with "move"',
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

export const suggestQuery = z.object({ q: z.string().max(200), limit: z.coerce.number().int().min(1).max(20).default(8) });
export const suggestions = z.object({ items: z.array(mailAddress) });

/** Data of the `change` event of GET /api/events: what to read again. Empty `folderIds`: everything. */
export const changeEvent = z.object({ folderIds: z.array(opaqueId) });
export type ChangeEvent = z.infer<typeof changeEvent>;
