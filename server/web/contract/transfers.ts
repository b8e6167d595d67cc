// Mail that comes in from files or from an account elsewhere, and mail that goes out as a file.
import { z } from 'zod';
import { instant, opaqueId } from './shapes.ts';

/** Of all files of one import. */
export const IMPORT_BYTES_MAX = 4 * 1024 ** 3;
export const IMPORT_FILES_MAX = 1000;

export const transfer = z.object({
  id: opaqueId,
  kind: z.enum(['export', 'files', 'imap']),
  /** The folder exported, the files, or user and server. */
  name: z.string(),
  state: z.enum(['preparing', 'running', 'done', 'cancelled', 'failed']),
  /** Messages: in all (0: not known), dealt with, of these here already, and of these refused. */
  total: z.number().int(),
  done: z.number().int(),
  skipped: z.number().int(),
  failed: z.number().int(),
  /** Why it failed. */
  problem: z.enum(['credentials', 'unreachable', 'certificate', 'forbidden', 'quota', 'folder', 'file', 'store', 'internal']).nullable(),
  createdAt: instant,
  endedAt: instant.nullable(),
});
export type Transfer = z.infer<typeof transfer>;
export type TransferProblem = NonNullable<Transfer['problem']>;
export const transferList = z.object({ items: z.array(transfer) });

/** Fetched by GET …/file, once or again for a day. A folder as mbox is one file; everything, and single messages, come as a zip. */
export const exportBody = z.object({
  format: z.enum(['mbox', 'eml']),
  /** A folder or label; none is everything. */
  folderId: opaqueId.optional(),
});

/** @property folderId where messages go whose file names no place; none is the inbox */
export const fileImportBody = z.object({ folderId: opaqueId.optional() });
/** Files come one after another: `index` counts from 0. */
export const importFileQuery = z.object({ index: z.coerce.number().int().min(0).max(IMPORT_FILES_MAX - 1), filename: z.string().trim().min(1).max(255) });

export const imapServer = z.object({
  host: z.string().trim().toLowerCase().min(1, 'a server is needed').max(253).regex(/^[a-z0-9.:_-]+$/, 'not the name of a server'),
  port: z.number().int().min(1).max(65535),
  /** `none` only within networks that the operator allows. */
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string().min(1, 'a user is needed').max(320),
  password: z.string().min(1, 'a password is needed').max(1000),
});
export type ImapServerInput = z.infer<typeof imapServer>;

export const imapFolders = z.object({
  items: z.array(
    z.object({
      path: z.string(),
      messages: z.number().int(),
      /** A special folder here, or the path of one that is made where it is not there. */
      target: z.union([z.object({ kind: z.literal('use'), use: z.enum(['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash']) }), z.object({ kind: z.literal('path'), path: z.string() })]),
      wanted: z.boolean(),
    }),
  ),
});
export type ImapFolder = z.infer<typeof imapFolders>['items'][number];
export const imapImportBody = z.object({ server: imapServer, folders: z.array(z.string().min(1).max(1000)).min(1, 'name at least one folder').max(2000) });
