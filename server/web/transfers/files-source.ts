// Messages from files that were brought: mbox of any dialect, or one message a file.
import { contentHash, messageFacts } from '../../mail/mbox/message-facts.ts';
import { readMbox } from '../../mail/mbox/read-mbox.ts';
import { takeStatusHeaders, type MailState } from '../../mail/mbox/status-headers.ts';
import { keywordOf } from '../../mailbox/label-keyword.ts';
import type { ClaimedTransfer, FilesPosition } from '../../transfers/transfer.ts';
import type { SpecialUse } from '../contract/mailbox.ts';
import type { Services } from '../services.ts';
import { BATCH_BYTES, BATCH_MESSAGES, MESSAGE_BYTES_MAX, type SourceBatch } from './mail-source.ts';
import type { IncomingMessage } from './store-messages.ts';
import { readFile } from './uploaded-files.ts';

/** Where Gmail's own labels lead; the others become labels here. */
const GMAIL_FOLDERS: Record<string, SpecialUse> = { sent: 'sent', drafts: 'drafts', spam: 'junk', trash: 'trash' };
const GMAIL_OWN = /^(inbox|unread|opened|starred|important|archived|chat|chats|sent|drafts|spam|trash|category .*)$/i;

export async function* filesSource(services: Services, job: ClaimedTransfer): AsyncGenerator<SourceBatch> {
  const { spec } = job;
  if (spec.kind !== 'files') throw new Error('not an import of files');
  const from = (job.position ?? { file: 0, offset: 0 }) as FilesPosition;
  for (let file = from.file; file < spec.files.length; file += 1) {
    const offset = file === from.file ? from.offset : 0;
    const bytes = readFile(services.blobs, { accountId: job.accountId, transferId: job.id, file }, spec.files[file]!.chunks, offset);
    let batch: SourceBatch = { messages: [], refused: 0, position: { file, offset } };
    let size = 0;
    for await (const { raw, date, nextOffset } of readMbox(bytes, offset, MESSAGE_BYTES_MAX)) {
      batch.position = { file, offset: nextOffset };
      const message = raw && (await toMessage(services, job, spec.folderId, raw, date));
      if (message === null) batch.refused += 1;
      else if (message !== 'expunged') batch.messages.push(message);
      size += raw?.length ?? 0;
      if (batch.messages.length + batch.refused < BATCH_MESSAGES && size < BATCH_BYTES) continue;
      yield batch;
      batch = { messages: [], refused: 0, position: batch.position };
      size = 0;
    }
    yield { ...batch, position: { file: file + 1, offset: 0 } };
  }
}

async function toMessage(services: Services, job: ClaimedTransfer, folderId: string, raw: Buffer, arrived: Date | null): Promise<IncomingMessage | 'expunged' | null> {
  const split = takeStatusHeaders(raw);
  // A file that is anything else would become a message without head.
  if (!/^[!-9;-~]+[ \t]*:/.test(split.raw.toString('latin1', 0, 200))) return null;
  const { state } = split;
  if (state?.expunged) return 'expunged';
  const now = new Date();
  const facts = messageFacts(split.raw, now);
  return {
    raw: split.raw, internetId: facts.internetId, hash: contentHash(split.raw), date: facts.date ?? (arrived && arrived < now ? arrived : now),
    folderId: await folderFor(services, job, folderId, state),
    // Where nothing is said of it, old mail is not news.
    seen: state?.seen ?? true, starred: state?.starred ?? false, draft: state?.draft ?? false,
    flags: [...(state?.answered ? ['\\Answered'] : []), ...(state?.forwarded ? ['$Forwarded'] : []), ...(state?.keywords ?? []), ...(state?.labels ?? []).filter((name) => !GMAIL_OWN.test(name)).map(keywordOf)],
  };
}

async function folderFor({ facts }: Services, job: ClaimedTransfer, folderId: string, state: MailState | null): Promise<string> {
  const use = state?.labels.map((name) => GMAIL_FOLDERS[name.toLowerCase()]).find(Boolean);
  return use ? facts.folderFor(job, use) : folderId;
}
