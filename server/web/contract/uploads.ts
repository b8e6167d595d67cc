// Files on their way into a message, whole or in parts.
import { z } from 'zod';
import { opaqueId } from './shapes.ts';

export const UPLOAD_LIMITS = {
  /** What the app sends at once. */
  partBytes: 4 * 1024 * 1024,
  /** The most that is taken at once. */
  partBytesMax: 8 * 1024 * 1024,
  /** The least, but for a file's last part: parts are files of ours. */
  partBytesMin: 64 * 1024,
  /** All that an account has waiting in drafts and behind links. */
  accountBytes: 6 * 1024 * 1024 * 1024,
} as const;

/** What the virus scanner said, or why it did not look: there is none, it does not answer, the file is too large for it. */
export const uploadScan = z.enum(['clean', 'absent', 'down', 'too large']);

export const upload = z.object({
  id: opaqueId,
  filename: z.string(),
  /** By its bytes. */
  contentType: z.string(),
  sizeBytes: z.number().int(),
  scan: uploadScan,
  /** For previews, and as `src` of inline images while composing. */
  url: z.string(),
});
export type Upload = z.infer<typeof upload>;

/** The raw bytes are the request's body; Content-Type is the file's. */
export const uploadQuery = z.object({ filename: z.string().min(1).max(255), inline: z.enum(['0', '1']).default('0') });

/** With an `id` of the client's own making, a repeated request begins one upload. */
export const uploadBeginBody = z.object({
  id: z.uuid(),
  filename: z.string().min(1).max(255),
  /** What the client takes it for; its bytes have the last word. */
  contentType: z.string().max(255).default(''),
  sizeBytes: z.number().int().min(0),
  /** `link`: larger ones are taken, to be shared by an address rather than attached. */
  purpose: z.enum(['attach', 'link']).default('attach'),
});

/** An upload under way: go on at `offset`, and finish when that is `sizeBytes`. */
export const uploadState = z.object({
  id: opaqueId,
  offset: z.number().int(),
  sizeBytes: z.number().int(),
  /** Null until it is finished. */
  upload: upload.nullable(),
});
export type UploadState = z.infer<typeof uploadState>;

/** Where the part belongs: 409 `conflict` unless that is where the upload stands. The raw bytes are the request's body. */
export const uploadPartQuery = z.object({ offset: z.coerce.number().int().min(0) });
