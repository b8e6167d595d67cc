'use client';
// The real server behind uploads in parts.
import { api, sendPart } from '../../../server/web/contract/client.ts';
import type { PartServer } from './send-in-parts.ts';

/** Scanning a large file takes its time. */
const FINISH_MS = 300_000;

export const uploadServer: PartServer = {
  begin: ({ id, filename, content, purpose }) => api('uploads.begin', { body: { id, filename, contentType: content.type.slice(0, 255), sizeBytes: content.size, purpose } }),
  part: (id, offset, bytes, options) => sendPart(id, offset, bytes, options),
  finish: (id, signal) => api('uploads.finish', { params: { uploadId: id } }, { timeoutMs: FINISH_MS, signal }),
};
