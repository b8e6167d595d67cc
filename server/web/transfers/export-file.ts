// A folder, a label or everything as a file, made while it is fetched: nothing of it is kept here.
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { makeZip } from 'client-zip';
import { mboxEntry } from '../../mail/mbox/write-mbox.ts';
import { listFolders } from '../../mailbox/folder.store.ts';
import { messagesOfFolder, messagesOfLabel, type ExportedMessage } from '../../mailbox/present.store.ts';
import type { Transfer } from '../../transfers/transfer.ts';
import { noteExport } from '../../transfers/transfer.store.ts';
import { AppError } from '../api/app-error.ts';
import { contentDisposition } from '../compose/uploads.ts';
import { keywordOfId } from '../labels/label-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { patiently } from './store-messages.ts';

const PAGE = 100;
const AT_ONCE = 4;
const NOTE_EVERY_MS = 1_000;

type Reader = (after: { folderId: string; uid: number }) => Promise<ExportedMessage[]>;
interface Loaded {
  row: ExportedMessage;
  raw: Buffer;
}

/** @throws AppError gone when it was cancelled */
export async function serveExport(services: Services, session: Session, transfer: Transfer): Promise<Response> {
  const { spec } = transfer;
  if (spec.kind !== 'export') throw new AppError('not_found');
  if (!(await noteExport(services.pool, transfer.id, { state: 'running', done: 0 }))) throw new AppError('gone', { text: 'This export was cancelled.' });
  const progress = new ExportProgress(services, transfer.id);
  const name = safeName(spec.name);
  if (spec.folderId !== null && spec.format === 'mbox') {
    return download(Readable.from(progress.whole(mboxOf(services, session, readerOf(services, session, spec.folderId), progress))), 'application/mbox', `${name}.mbox`);
  }
  const parts = spec.folderId === null ? (await listFolders(services.pool, session.accountId)).map(({ id, path }) => ({ id, path })) : [{ id: spec.folderId, path: spec.name }];
  const entries = spec.format === 'mbox' ? mboxEntries(services, session, parts, progress) : emlEntries(services, session, parts, progress);
  const zip = Readable.fromWeb(makeZip(entries) as Parameters<typeof Readable.fromWeb>[0]);
  return download(Readable.from(progress.whole(zip)), 'application/zip', `${name}.zip`);
}

function download(stream: Readable, contentType: string, filename: string): Response {
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: { 'content-type': contentType, 'content-disposition': contentDisposition('attachment', filename), 'cache-control': 'no-store' },
  });
}

function readerOf({ pool }: Services, { accountId }: Session, folderId: string): Reader {
  const keyword = keywordOfId(folderId);
  return keyword === null ? ({ uid }) => messagesOfFolder(pool, accountId, folderId, uid, PAGE) : (after) => messagesOfLabel(pool, accountId, keyword, after, PAGE);
}

/** What was moved or deleted since the list was read is left out. */
async function* messagesBy({ wildduck }: Services, { wildduckUserId }: Session, read: Reader): AsyncGenerator<Loaded> {
  for (let after = { folderId: '', uid: 0 }; ; ) {
    const rows = await read(after);
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const loaded = await Promise.all(rows.slice(start, start + AT_ONCE).map(async (row) => {
        const raw = await patiently(async () => {
          const source = await wildduck.getSource({ userId: wildduckUserId, mailboxId: row.folderId, uid: row.uid });
          return source && buffer(source);
        });
        return raw && { row, raw };
      }));
      yield* loaded.filter((each) => each !== null);
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)!;
  }
}

async function* mboxOf(services: Services, session: Session, read: Reader, progress: ExportProgress): AsyncGenerator<Buffer> {
  for await (const { row, raw } of messagesBy(services, session, read)) {
    const state = { seen: !row.unread, starred: row.starred, answered: row.answered, draft: row.draft, forwarded: row.forwarded, keywords: row.labels };
    yield mboxEntry(raw, { sender: row.fromAddress, date: row.receivedAt, state });
    await progress.counted();
  }
}

async function* mboxEntries(services: Services, session: Session, parts: readonly { id: string; path: string }[], progress: ExportProgress) {
  for (const { id, path } of parts) {
    yield { name: `${path.split('/').map(safeName).join('/')}.mbox`, lastModified: new Date(), input: mboxOf(services, session, readerOf(services, session, id), progress) };
  }
}

async function* emlEntries(services: Services, session: Session, parts: readonly { id: string; path: string }[], progress: ExportProgress) {
  for (const { id, path } of parts) {
    for await (const { row, raw } of messagesBy(services, session, readerOf(services, session, id))) {
      const day = row.receivedAt.toISOString().slice(0, 10);
      yield { name: `${path.split('/').map(safeName).join('/')}/${day} ${safeName(row.subject).slice(0, 80).trim()} ${row.folderId.slice(-4)}-${row.uid}.eml`, lastModified: row.receivedAt, input: raw };
      await progress.counted();
    }
  }
}

/** A file's name on any system. */
const safeName = (text: string): string => text.replace(/[\p{Cc}\\/:*?"<>|]+/gu, '_').replace(/^\.+/, '_').trim() || '_';

class ExportProgress {
  readonly #services: Services;
  readonly #id: string;
  #done = 0;
  #notedAt = Date.now();

  constructor(services: Services, id: string) {
    this.#services = services;
    this.#id = id;
  }

  /** One more message. @throws when the export was cancelled */
  async counted(): Promise<void> {
    this.#done += 1;
    if (Date.now() - this.#notedAt < NOTE_EVERY_MS) return;
    this.#notedAt = Date.now();
    if (!(await noteExport(this.#services.pool, this.#id, { done: this.#done }))) throw new Error('the export was cancelled');
  }

  /** Notes how it ends: whole, broken off by whoever fetches it, or failed. */
  async *whole(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let state: 'done' | 'failed' = 'failed';
    try {
      yield* parts;
      state = 'done';
    } finally {
      await noteExport(this.#services.pool, this.#id, { done: this.#done, state });
    }
  }
}
