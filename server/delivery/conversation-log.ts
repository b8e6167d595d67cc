// Keeps what was said in each attempt: attempts of about a second share one compressed row. A reference to its
// place goes into the attempt's event. These are kept for people, not for correctness: a worker that is killed loses
// the last second's, and while the database is away only so many wait.
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Pool, Queryable } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import { insertConversations, lockConversations, selectConversations, selectReferences, updateConversations } from './conversation.store.ts';
import { newQueueId } from './queue-id.ts';

/** One attempt for the recipients of one message in one domain. */
export interface AttemptConversation {
  queueId: string;
  recipientNos: number[];
  /** As counted for the first of the recipients. */
  attempt: number;
  /** From the connection to its being ready for mail; shared by all attempts of a session. */
  opening: readonly string[];
  /** The transaction. Lines as in smtp/transcript.ts. */
  lines: readonly string[];
}

export interface ConversationLog {
  /** @returns the reference under which it is found */
  add(conversation: AttemptConversation): string;
  /** Resolves when all so far is stored or given up. */
  flushed(): Promise<void>;
}

export interface KeptConversation {
  queueId: string;
  recipientNos: number[];
  attempt: number;
  /** Null when it was lost: the worker was killed before it was stored. */
  lines: string[] | null;
}

const GATHER_MS = 1_000;
const MAX_CHUNK_CHARACTERS = 512 * 1024;
/** Chunks that wait while the database is away; then the oldest go. */
const MAX_WAITING = 32;
const RETRY_MS = 2_000;
/** A chunk of the largest conversations; anything beyond is no chunk of ours. */
const MAX_DECOMPRESSED = 16 * 1024 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const packed = (body: ChunkBody): Promise<Buffer> => compress(JSON.stringify(body), { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
const unpacked = async (body: Buffer): Promise<ChunkBody> => JSON.parse((await decompress(body, { maxOutputLength: MAX_DECOMPRESSED })).toString('utf8')) as ChunkBody;

/** As stored: openings once each, attempts referring to them by number. */
interface ChunkBody {
  openings: (readonly string[])[];
  attempts: { q: string; r: number[]; n: number; o: number; l: readonly string[] }[];
}

interface Chunk extends ChunkBody {
  id: string;
  characters: number;
}

export function conversationLog(deps: { pool: Pool; log: Logger }): ConversationLog {
  let current: Chunk | null = null;
  const waiting: Chunk[] = [];
  let writing: Promise<void> | null = null;

  function close(): void {
    if (!current) return;
    waiting.push(current);
    current = null;
    if (waiting.length > MAX_WAITING) {
      const lost = waiting.shift()!;
      deps.log.warn({ attempts: lost.attempts.length }, 'conversations dropped: the database is away');
    }
    writing ??= write();
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const chunk = waiting[0]!;
      try {
        const { openings, attempts } = chunk;
        await insertConversations(deps.pool, { id: chunk.id, attempts: attempts.length, body: await packed({ openings, attempts }) });
        if (waiting[0] === chunk) waiting.shift();
      } catch (error) {
        deps.log.warn({ err: error, attempts: chunk.attempts.length }, 'conversations could not be stored; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    writing = null;
  }

  function chunkFor(): Chunk {
    if (current) return current;
    const chunk: Chunk = { id: newQueueId(Date.now()), characters: 0, openings: [], attempts: [] };
    current = chunk;
    setTimeout(() => {
      if (current === chunk) close();
    }, GATHER_MS).unref();
    return chunk;
  }

  return {
    add({ queueId, recipientNos, attempt, opening, lines }) {
      const chunk = chunkFor();
      // Sessions are few: looking from the end finds the one in use.
      let o = chunk.openings.lastIndexOf(opening);
      if (o < 0) {
        o = chunk.openings.push(opening) - 1;
        chunk.characters += charactersOf(opening);
      }
      const place = chunk.attempts.push({ q: queueId, r: recipientNos, n: attempt, o, l: lines }) - 1;
      chunk.characters += charactersOf(lines);
      if (chunk.characters >= MAX_CHUNK_CHARACTERS) close();
      return `${chunk.id}/${place}`;
    },
    async flushed() {
      close();
      await writing;
    },
  };
}

const charactersOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 3, 0);

/** All conversations about a message that are kept, in the order of its attempts. */
export async function conversationsOf(db: Queryable, queueId: string): Promise<(KeptConversation & { at: Date; reference: string })[]> {
  const references = await selectReferences(db, queueId);
  const ids = [...new Set(references.map(({ reference }) => reference.split('/')[0]!))];
  const chunks = new Map<string, ChunkBody>();
  for (const { id, body } of await selectConversations(db, ids)) {
    chunks.set(id, await unpacked(body));
  }
  return references.map(({ reference, at, recipientNos, attempt }) => {
    const [id = '', place] = reference.split('/');
    const chunk = chunks.get(id);
    const entry = chunk?.attempts[Number(place)];
    if (!chunk || !entry || entry.q !== queueId) return { queueId, at, reference, recipientNos, attempt, lines: null };
    return { queueId, at, reference, recipientNos: entry.r, attempt: entry.n, lines: [...(chunk.openings[entry.o] ?? []), ...entry.l] };
  });
}

/**
 * Takes what was said about these messages out of what is kept. To be called in a transaction, while the events that lead
 * to it are there; safe to repeat.
 * @returns how many attempts' conversations were erased
 */
export async function eraseConversations(db: Queryable, queueIds: readonly string[]): Promise<number> {
  const ids = new Set<string>();
  for (const queueId of queueIds) for (const { reference } of await selectReferences(db, queueId)) ids.add(reference.split('/')[0]!);
  const wanted = new Set(queueIds);
  let erased = 0;
  for (const { id, body } of await lockConversations(db, [...ids])) {
    const chunk = await unpacked(body);
    const found = chunk.attempts.filter((attempt) => wanted.has(attempt.q) && attempt.l.length > 0);
    if (found.length === 0) continue;
    for (const attempt of found) attempt.l = [];
    await updateConversations(db, id, await packed(chunk));
    erased += found.length;
  }
  return erased;
}
