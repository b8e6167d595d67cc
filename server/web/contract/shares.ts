// Files that a message links to instead of carrying them.
import { z } from 'zod';
import { instant, opaqueId } from './shapes.ts';
import { uploadScan } from './uploads.ts';

/** For how long a link may lead to its file. */
export const SHARE_DAYS = [7, 30] as const;
export type ShareDays = (typeof SHARE_DAYS)[number];

export const sharedFile = z.object({
  id: opaqueId,
  /** For everybody who has it, without signing in. */
  url: z.string(),
  filename: z.string(),
  contentType: z.string(),
  sizeBytes: z.number().int(),
  scan: uploadScan,
  downloads: z.number().int(),
  lastDownloadAt: instant.nullable(),
  createdAt: instant,
  expiresAt: instant,
});
export type SharedFile = z.infer<typeof sharedFile>;

/** The upload becomes the shared file, under its id: it can no longer be attached. */
export const shareCreateBody = z.object({ uploadId: opaqueId, days: z.union([z.literal(SHARE_DAYS[0]), z.literal(SHARE_DAYS[1])]) });
export const sharedFileList = z.object({ items: z.array(sharedFile) });

/** The signed part of a link. */
export const shareToken = z.object({ token: z.string().max(200) });
