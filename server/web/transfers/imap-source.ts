// Messages from an account elsewhere, folder by folder in the order of their UIDs, over as many connections as it takes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { contentHash, messageFacts } from '../../mail/mbox/message-facts.ts';
import { mapFolders, type FolderTarget } from '../../transfers/map-folders.ts';
import type { ClaimedTransfer, ImapPosition, ImapServer } from '../../transfers/transfer.ts';
import { connectImap, SourceFailure } from './connect-imap.ts';
import type { Services } from '../services.ts';
import { BATCH_BYTES, BATCH_MESSAGES, MESSAGE_BYTES_MAX, type SourceBatch } from './mail-source.ts';
import { patiently, type IncomingMessage } from './store-messages.ts';

export { SourceFailure } from './connect-imap.ts';

const RECONNECTS = 8;
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** @throws SourceFailure when the other side refuses, or stays away for some minutes */
export async function* imapSource(services: Services, job: ClaimedTransfer): AsyncGenerator<SourceBatch> {
  const { spec } = job;
  if (spec.kind !== 'imap' || !job.secret) throw new Error('not an import from an account');
  const password = services.secretBox.open(job.secret, secretContext(job.id)).toString('utf8');
  let position = (job.position ?? { folder: 0, uidValidity: '', lastUid: 0 }) as ImapPosition;
  for (let failures = 0; position.folder < spec.folders.length; ) {
    let client: ImapFlow | null = null;
    try {
      client = await connectImap(spec.server, password, services.config.importNetworks);
      for await (const batch of readFolders(services, job, client, spec, position)) {
        position = batch.position as ImapPosition;
        failures = 0;
        yield batch;
      }
    } catch (error) {
      const lasting = error instanceof SourceFailure && error.problem !== 'unreachable';
      if (lasting || !isOfConnection(error) || (failures += 1) > RECONNECTS) throw error;
      await sleep(Math.min(PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    } finally {
      client?.close();
    }
  }
}

export const secretContext = (transferId: string): string => `mail_transfer:${transferId}`;

/** The database's and the mail store's own faults are not the other side's. */
function isOfConnection(error: unknown): boolean {
  if (error instanceof SourceFailure) return true;
  const { code } = error as { code?: string };
  return /^(NoConnection|EConnectionClosed|ConnectionClosed|ETIMEOUT|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|GREETING_TIMEOUT|CONNECT_TIMEOUT)/.test(code ?? '');
}

async function* readFolders(
  services: Services, job: ClaimedTransfer, client: ImapFlow, spec: { server: ImapServer; folders: string[] }, from: ImapPosition,
): AsyncGenerator<SourceBatch> {
  const remote = await listFolders(client);
  const targets = new Map(mapFolders(remote).map(({ path, target }) => [path, target]));
  let total: number | undefined = await countAll(client, spec.folders.filter((path) => targets.has(path)));
  for (let folder = from.folder; folder < spec.folders.length; folder += 1) {
    const path = spec.folders[folder]!;
    const target = targets.get(path);
    // It was deleted over there in the meantime.
    if (target) {
      const folderId = await folderHere(services, job, target);
      const opened = await client.mailboxOpen(path, { readOnly: true });
      const uidValidity = String(opened.uidValidity);
      const lastUid = folder === from.folder && uidValidity === from.uidValidity ? from.lastUid : 0;
      for await (const batch of readFolder(client, folderId, lastUid)) {
        yield { ...batch.content, position: { folder, uidValidity, lastUid: batch.lastUid }, ...(total !== undefined && { total }) };
        total = undefined;
      }
    }
    yield { messages: [], refused: 0, position: { folder: folder + 1, uidValidity: '', lastUid: 0 }, ...(total !== undefined && { total }) };
  }
}

export async function listFolders(client: ImapFlow) {
  return (await client.list()).map(({ path, delimiter, specialUse, flags }) => ({
    path, delimiter: delimiter ?? '', specialUse: specialUse || undefined, noSelect: flags.has('\\Noselect') || flags.has('\\NonExistent'),
  }));
}

async function countAll(client: ImapFlow, folders: readonly string[]): Promise<number> {
  let total = 0;
  for (const path of folders) total += (await client.status(path, { messages: true })).messages ?? 0;
  return total;
}

/** Our folder, made when it is not there. */
async function folderHere(services: Services, job: ClaimedTransfer, target: FolderTarget): Promise<string> {
  if (target.kind === 'use') return patiently(() => services.facts.folderFor(job, target.use));
  const find = async () => (await services.mailStore.listMailboxes(job.wildduckUserId)).find(({ path }) => path === target.path)?.id;
  const known = await find();
  if (known !== undefined) return known;
  const made = await patiently(() => services.wildduck.createMailbox(job.wildduckUserId, target.path));
  services.facts.forget(job);
  // WildDuck answers before its insert is stored.
  for (let tries = 0; tries < 50; tries += 1) {
    const id = await find();
    if (id !== undefined) return id;
    await sleep(100);
  }
  throw new SourceFailure('folder', `no folder "${target.path}" after making one: ${made.kind}`);
}

async function* readFolder(client: ImapFlow, folderId: string, afterUid: number): AsyncGenerator<{ content: { messages: IncomingMessage[]; refused: number }; lastUid: number }> {
  const found = await client.search({ uid: `${afterUid + 1}:*` }, { uid: true });
  // `n:*` always names the last message, whatever n is.
  const uids = (found || []).filter((uid) => uid > afterUid).sort((a, b) => a - b);
  for (let start = 0; start < uids.length; start += BATCH_MESSAGES) {
    const wanted = uids.slice(start, start + BATCH_MESSAGES);
    const heads = (await client.fetchAll(wanted.join(','), { uid: true, size: true }, { uid: true })).sort((a, b) => a.uid - b.uid);
    for (let at = 0; at < heads.length; ) {
      const part = [];
      for (let bytes = 0; at < heads.length && (part.length === 0 || bytes + (heads[at]!.size ?? 0) <= BATCH_BYTES); at += 1) {
        bytes += heads[at]!.size ?? 0;
        part.push(heads[at]!);
      }
      const small = part.filter(({ size }) => (size ?? 0) <= MESSAGE_BYTES_MAX).map(({ uid }) => uid);
      const messages = small.length === 0 ? [] : await client.fetchAll(small.join(','), { uid: true, flags: true, internalDate: true, source: true }, { uid: true });
      const content = { messages: messages.flatMap((message) => toMessage(message, folderId)), refused: part.length - small.length };
      yield { content, lastUid: part.at(-1)!.uid };
    }
    // Gone before they could be read: the place to go on from is past them all the same.
    yield { content: { messages: [], refused: 0 }, lastUid: wanted.at(-1)! };
  }
}

/** Of other flags than the mail store has fields for, system flags and verdicts of spam filters stay behind. */
const LEFT_BEHIND = /^(\\|\$?(Non|Not)?Junk$)/i;

function toMessage({ flags = new Set(), internalDate, source }: FetchMessageObject, folderId: string): IncomingMessage[] {
  if (!source) return [];
  const now = new Date();
  const date = internalDate === undefined ? null : new Date(internalDate);
  const facts = messageFacts(source, now);
  const has = (flag: string) => [...flags].some((each) => each.toLowerCase() === flag);
  return [{
    raw: source, internetId: facts.internetId, hash: contentHash(source), folderId,
    date: date && !Number.isNaN(date.getTime()) ? date : (facts.date ?? now),
    seen: has('\\seen'), starred: has('\\flagged'), draft: has('\\draft'),
    flags: [...flags].filter((flag) => flag.toLowerCase() === '\\answered' || !LEFT_BEHIND.test(flag)),
  }];
}
