// The files of one message on their way to the server. Lives as long as the message's model, so that a window that moves
// or a component that comes anew loses none of them; what the page loses, the next one takes up from kept-files.ts.
import { ApiError } from '../../../server/web/contract/client.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import type { ComposeModel } from './compose-model.ts';
import type { UploadItem } from './compose-state.ts';
import type { KeptFile } from './kept-files.ts';
import { sendInParts, type PartServer } from './send-in-parts.ts';

/** Beside the server; use-uploads.ts has the real ones. */
export interface UploadHelp {
  server: PartServer;
  keep(file: Omit<KeptFile, 'accountId'>): void;
  forget(id: string): void;
  /** Of this draft, from an earlier page. */
  kept(draftId: string): Promise<KeptFile[]>;
  remove(uploadId: string): Promise<unknown>;
  /** What to say of a file that an earlier page could not keep. */
  chooseAgain: string;
}

export interface AddOptions {
  inline?: boolean;
  /** Shares it for so many days instead of attaching it. */
  linkDays?: number | null;
}

interface Running {
  content: Blob | null;
  lastModified: number;
  abort: AbortController;
  /** Ends a pause. */
  wake: () => void;
}

export class UploadQueue {
  /** What is done with a file that is up and not simply attached: an image goes into the text, a link is made. Set by the form. */
  onInline: (upload: Upload) => void = () => undefined;
  onLink: (upload: Upload, days: number) => Promise<void> = async () => undefined;
  /** Whether a link was made of a file before, whose answer was lost with the page. */
  onGone: (id: string) => Promise<boolean> = async () => false;
  private readonly model: ComposeModel;
  private readonly help: UploadHelp;
  private readonly running = new Map<string, Running>();

  constructor(model: ComposeModel, help: UploadHelp) {
    this.model = model;
    this.help = help;
    model.onDispose = () => this.stop();
  }

  add(files: Iterable<File>, { inline = false, linkDays = null }: AddOptions = {}): void {
    for (const file of files) {
      if (this.chosenAgain(file)) continue;
      const key = crypto.randomUUID();
      const filename = file.name || 'image.png';
      const item: UploadItem = { key, filename, contentType: file.type, sizeBytes: file.size, inline, linkDays, state: 'uploading', fraction: 0, upload: null, error: null };
      this.help.keep({ id: key, draftId: this.model.draftId, filename, sizeBytes: file.size, content: file, lastModified: file.lastModified, inline, linkDays });
      this.model.edit({ uploads: [...this.model.state.uploads, item] });
      void this.start(item, file, file.lastModified);
    }
    // The draft is there from now on, so that a page that is loaded anew finds what the files belong to.
    void this.model.saveNow();
  }

  /** Takes up what an earlier page left. */
  async resume(): Promise<void> {
    for (const file of await this.help.kept(this.model.draftId)) {
      if (this.running.has(file.id) || this.model.state.uploads.some((item) => item.key === file.id)) continue;
      const { id: key, filename, sizeBytes, inline, linkDays, content, lastModified } = file;
      const item: UploadItem = { key, filename, contentType: content?.type ?? '', sizeBytes, inline, linkDays, state: 'uploading', fraction: 0, upload: null, error: null };
      this.model.store.set((now) => ({ ...now, uploads: [...now.uploads, item] }));
      if (content) void this.start(item, content, lastModified);
      else {
        this.running.set(key, { content: null, lastModified, abort: new AbortController(), wake: () => undefined });
        this.change(key, { state: 'failed', error: this.help.chooseAgain });
      }
    }
  }

  remove(item: UploadItem): void {
    const known = this.running.get(item.key);
    known?.abort.abort();
    known?.wake();
    this.running.delete(item.key);
    this.help.forget(item.key);
    this.model.edit({ uploads: this.model.state.uploads.filter((each) => each.key !== item.key) });
    // The server clears unused uploads by itself: a failure here costs nothing but space for a while.
    void this.help.remove(item.upload?.id ?? item.key).catch(() => undefined);
  }

  /** At once instead of after a pause; or again after a failure. */
  retry(item: UploadItem): void {
    const known = this.running.get(item.key);
    if (item.state === 'waiting') known?.wake();
    else if (known?.content) void this.start(item, known.content, known.lastModified);
  }

  /** The window closes: what is under way goes on when the draft is opened again, unless there is none any more. */
  private stop(): void {
    for (const [key, known] of this.running) {
      known.abort.abort();
      known.wake();
      if (this.model.state.phase !== 'done') continue;
      this.help.forget(key);
      void this.help.remove(key).catch(() => undefined);
    }
    this.running.clear();
  }

  /** Whether the file is one that an earlier page began and could not keep. */
  private chosenAgain(file: File): boolean {
    const item = this.model.state.uploads.find(({ key, sizeBytes, filename }) => {
      const known = this.running.get(key);
      return known?.content === null && sizeBytes === file.size && filename === file.name && known.lastModified === file.lastModified;
    });
    if (item) void this.start(item, file, file.lastModified);
    return item !== undefined;
  }

  private change(key: string, next: Partial<UploadItem>): void {
    this.model.store.set((now) => ({ ...now, uploads: now.uploads.map((item) => (item.key === key ? { ...item, ...next } : item)) }));
  }

  private async start({ key, filename, inline, linkDays }: UploadItem, content: Blob, lastModified: number): Promise<void> {
    const run: Running = { content, lastModified, abort: new AbortController(), wake: () => undefined };
    this.running.set(key, run);
    this.change(key, { state: 'uploading', error: null });
    try {
      if (linkDays !== null && (await this.onGone(key))) return await this.settle(key, null);
      const upload = await sendInParts(this.help.server, { id: key, filename, content, purpose: linkDays === null ? 'attach' : 'link' }, this.watch(key, run));
      if (linkDays !== null) await this.onLink(upload, linkDays);
      if (inline) this.onInline(upload);
      await this.settle(key, linkDays === null ? upload : null);
    } catch (error) {
      if (run.abort.signal.aborted) return;
      // What the server refused for good is not tried again by the next page.
      if (error instanceof ApiError && !error.transient) this.help.forget(key);
      this.change(key, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** `upload`: what the message carries from now on; null for what it links to, which is text. */
  private async settle(key: string, upload: Upload | null): Promise<void> {
    this.running.delete(key);
    const { uploads } = this.model.state;
    const done = (item: UploadItem): UploadItem => (item.key === key && upload ? { ...item, state: 'done', fraction: 1, contentType: upload.contentType, upload } : item);
    this.model.edit({ uploads: upload ? uploads.map(done) : uploads.filter((item) => item.key !== key) });
    // Until the draft names it, a page that is loaded anew would not know of it.
    if (await this.model.saveNow()) this.help.forget(key);
  }

  private watch(key: string, run: Running) {
    return {
      signal: run.abort.signal,
      onProgress: (fraction: number) => this.change(key, { state: 'uploading', fraction }),
      onWaiting: () => this.change(key, { state: 'waiting' }),
      pause: (ms: number) =>
        new Promise<void>((resolve) => {
          const end = () => {
            clearTimeout(timer);
            globalThis.removeEventListener?.('online', end);
            resolve();
          };
          const timer = setTimeout(end, ms);
          globalThis.addEventListener?.('online', end);
          run.wake = end;
        }),
    };
  }
}
