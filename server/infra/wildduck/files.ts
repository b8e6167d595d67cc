// Files that wait in WildDuck's storage to become a draft's attachments.
import { path, type Transport } from './transport.ts';
import { orNull } from './users.ts';

const UPLOAD_TIMEOUT_MS = 120_000;

/** Stores a file for later use in a draft (`DraftFields.files`); its id. */
export async function uploadFile(
  transport: Transport,
  userId: string,
  file: { filename: string; contentType: string; contentId?: string; content: Uint8Array },
): Promise<string> {
  const reply = await transport.json<{ id: string }>('POST', path(['users', userId, 'storage']), {
    query: { filename: file.filename, contentType: file.contentType, cid: file.contentId },
    body: file.content,
    contentType: 'application/binary',
    timeoutMs: UPLOAD_TIMEOUT_MS,
  });
  return reply.id;
}

/** Deletes a stored file; one that is gone is fine. */
export async function deleteFile(transport: Transport, userId: string, fileId: string): Promise<void> {
  await orNull(transport.json('DELETE', path(['users', userId, 'storage', fileId])));
}
