// Message content on its way through: small in memory, large in a file. Owns the files and their end;
// what the content means is not its business.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Content up to this size never touches the disk. */
const MEMORY_BYTES = 1024 * 1024;
const WRITE_BYTES = 256 * 1024;
const FREE_SPACE_TTL_MS = 5_000;

export interface Spooled {
  bytes: number;
  /** Where it lies, when it was too large for memory. */
  path?: string;
  /** The whole content; read from disk each time when it was spooled there. */
  read(): Promise<Buffer>;
  /** Frees what it holds. Safe to call twice. */
  discard(): Promise<void>;
}

export interface SpoolWriter {
  /** Resolves when more may be written: the caller's back-pressure. */
  write(chunk: Buffer): Promise<void>;
  finish(): Promise<Spooled>;
  discard(): Promise<void>;
}

export class Spool {
  private readonly folder: string;
  private free: { at: number; bytes: number } | null = null;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder and removes what a killed process left in it: none of that was ever acknowledged. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder)) {
      if (name.endsWith('.eml')) await unlink(join(this.folder, name));
    }
  }

  /** Free bytes on the spool's file system, at most five seconds old. */
  async freeBytes(): Promise<number> {
    const now = Date.now();
    if (!this.free || now - this.free.at > FREE_SPACE_TTL_MS) {
      const stats = await statfs(this.folder);
      this.free = { at: now, bytes: stats.bavail * stats.bsize };
    }
    return this.free.bytes;
  }

  writer(): SpoolWriter {
    return new Writer(join(this.folder, `${randomUUID()}.eml`));
  }
}

class Writer implements SpoolWriter {
  private readonly path: string;
  private chunks: Buffer[] = [];
  private pending = 0;
  private bytes = 0;
  private file: FileHandle | null = null;

  constructor(path: string) {
    this.path = path;
  }

  async write(chunk: Buffer): Promise<void> {
    this.chunks.push(chunk);
    this.pending += chunk.length;
    this.bytes += chunk.length;
    if (!this.file && this.bytes <= MEMORY_BYTES) return;
    if (this.file && this.pending < WRITE_BYTES) return;
    await this.flush();
  }

  async finish(): Promise<Spooled> {
    if (!this.file) {
      const content = Buffer.concat(this.chunks, this.bytes);
      this.chunks = [];
      return { bytes: this.bytes, read: async () => content, discard: async () => {} };
    }
    await this.flush();
    await this.file.close();
    this.file = null;
    const path = this.path;
    return { bytes: this.bytes, path, read: () => readFile(path), discard: () => removeIfPresent(path) };
  }

  async discard(): Promise<void> {
    this.chunks = [];
    if (!this.file) return;
    await this.file.close();
    this.file = null;
    await removeIfPresent(this.path);
  }

  private async flush(): Promise<void> {
    const { chunks } = this;
    this.chunks = [];
    this.pending = 0;
    this.file ??= await open(this.path, 'wx', 0o600);
    for (const chunk of chunks) await this.file.writeFile(chunk);
  }
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
