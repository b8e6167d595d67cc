'use client';
// One message being written: its state, autosave one at a time, sending, discarding. Knows nothing of React.
import { ApiError } from '../../../server/web/contract/client.ts';
import type { ComposeFields, Draft, DraftSaved, SendBody, SendResult } from '../../../server/web/contract/compose.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import { createStore } from '../_state/store.ts';
import type { Store } from '../_state/store.ts';
import { EMPTY_COMPOSE, isBlank, toFields, withFaults, withFields } from './compose-state.ts';
import type { ComposeState } from './compose-state.ts';
import { swapSignature } from './message-html.ts';

/** What the model asks of the server; compose-server.ts has the real one. */
export interface ComposeServer {
  create(fields: ComposeFields, own: { id: string; writer: string }): Promise<DraftSaved>;
  update(id: string, revision: number, fields: ComposeFields, final: boolean, writer: string): Promise<DraftSaved>;
  read(id: string): Promise<Draft>;
  remove(id: string): Promise<void>;
  send(body: SendBody, idempotencyKey: string): Promise<SendResult>;
}

/** What is kept in the browser while the server cannot be reached. */
export interface KeptDraft {
  /** The writer's name. */
  key: string;
  fields: ComposeFields;
  uploads: Upload[];
  draft: { id: string; revision: number } | null;
  createId: string;
}

/** Where it is kept; kept-drafts.ts has the real one. */
export interface DraftKeeper {
  keep(kept: KeptDraft): void;
  forget(key: string): void;
}

const PAUSE_MS = 1_500;
const LONGEST_MS = 6_000;
const RETRY_MS = [4_000, 10_000, 30_000];

/** When a message leaves; nothing of it is at once. */
export type SendTime = Pick<SendBody, 'undoSeconds' | 'sendAt'>;

export type EditableFields = Partial<Pick<ComposeState, 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'own' | 'quoted' | 'uploads' | 'remindAfterDays'>>;

export class ComposeModel {
  /** What else ends with it. */
  onDispose: () => void = () => undefined;
  readonly store: Store<ComposeState> = createStore(EMPTY_COMPOSE);
  private readonly server: ComposeServer;
  private readonly keeper: DraftKeeper | null;
  /** Names this window to the server in all of its saves. */
  private writer: string = crypto.randomUUID();
  /** The id that the draft is made under, so that making it again makes no second one. */
  private createId: string = crypto.randomUUID();
  private created = false;
  private kept = false;
  private draft: { id: string; revision: number } | null = null;
  private dirty = false;
  private dirtySince = 0;
  private pristine = '<p></p>';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<boolean> | null = null;
  private failures = 0;
  private sendKey: string | null = null;
  private sendTime: string | undefined;

  constructor(server: ComposeServer, keeper: DraftKeeper | null = null) {
    this.server = server;
    this.keeper = keeper;
  }

  get state(): ComposeState {
    return this.store.get();
  }

  /** The stored draft's, or the one under which it will be stored. */
  get draftId(): string {
    return this.draft?.id ?? this.createId;
  }

  /** Unsaved work that would be lost with the page. */
  get atRisk(): boolean {
    const { phase, uploads } = this.state;
    return phase === 'sending' || (phase === 'writing' && (this.dirty || this.saving !== null || uploads.some((item) => item.state === 'uploading' || item.state === 'waiting')));
  }

  private put(change: Partial<ComposeState>): void {
    this.store.set((now) => ({ ...now, ...change }));
  }

  /** Begins with this content. `draft`: it is stored already. */
  start(content: ComposeState, draft: { id: string; revision: number } | null): void {
    this.draft = draft;
    this.pristine = content.own;
    this.store.set({ ...content, phase: 'writing' });
  }

  /** Goes on with what the browser kept, and saves it. */
  startKept(content: ComposeState, kept: KeptDraft): void {
    this.writer = kept.key;
    this.createId = kept.createId;
    this.created = true;
    this.kept = true;
    this.start(content, kept.draft);
    this.dirty = true;
    this.put({ save: { kind: 'dirty' } });
    this.schedule(0);
  }

  failLoading(message: string): void {
    this.put({ phase: 'load-failed', loadError: message });
  }

  /** Takes a change by the user and saves it after a pause in writing, or after some seconds without one. */
  edit(change: EditableFields): void {
    const places = Object.keys(change).map((key) => (key === 'own' ? 'html' : key === 'uploads' ? 'attachments' : key));
    this.store.set((now) => {
      const faults = { ...now.faults };
      for (const place of [...places, 'form']) delete faults[place as keyof typeof faults];
      return { ...now, ...change, faults, save: now.save.kind === 'saving' || now.save.kind === 'conflict' ? now.save : { kind: 'dirty' } };
    });
    this.sendKey = null;
    if (!this.dirty) this.dirtySince = Date.now();
    this.dirty = true;
    this.schedule(Math.max(0, Math.min(PAUSE_MS, LONGEST_MS - (Date.now() - this.dirtySince))));
  }

  /** Writes as another address: its signature takes the place of the one before. */
  changeFrom(from: string, signatureHtml: string): void {
    const own = swapSignature(this.state.own, signatureHtml);
    this.edit({ from });
    this.replaceText(own);
  }

  /** Another text, which the editor loads anew. */
  replaceText(own: string): void {
    this.edit({ own });
    this.put({ epoch: this.state.epoch + 1 });
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.state.save.kind !== 'conflict') this.timer = setTimeout(() => void this.saveNow(), delayMs);
  }

  /**
   * Saves what isn't saved. Saves never overlap: one that is asked for meanwhile follows the one under way.
   * @param final also writes the copy in the Drafts folder at once
   * @returns whether everything is saved
   */
  async saveNow(final = false): Promise<boolean> {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    const { phase, save } = this.state;
    if (phase !== 'writing' || save.kind === 'conflict') return save.kind !== 'conflict';
    if (!this.dirty && !(final && this.draft)) return true;
    if (!this.draft && isBlank(this.state, this.pristine)) {
      this.dirty = false;
      this.put({ save: { kind: 'clean' } });
      return true;
    }
    this.saving = this.saveOnce(final);
    try {
      return await this.saving;
    } finally {
      this.saving = null;
      if (this.dirty && this.state.save.kind === 'dirty') this.schedule(PAUSE_MS);
    }
  }

  private async saveOnce(final: boolean): Promise<boolean> {
    this.dirty = false;
    this.put({ save: { kind: 'saving' } });
    try {
      const fields = toFields(this.state);
      if (!this.draft) {
        this.created = true;
        const made = await this.server.create(fields, { id: this.createId, writer: this.writer });
        this.draft = { id: made.id, revision: made.revision };
        if (final) await this.update(fields, true);
      } else await this.update(fields, final);
      this.failures = 0;
      this.forget();
      this.put({ save: this.dirty ? { kind: 'dirty' } : { kind: 'saved', at: new Date() } });
      return true;
    } catch (error) {
      this.dirty = true;
      return this.saveFailed(error);
    }
  }

  private async update(fields: ComposeFields, final: boolean): Promise<void> {
    const saved = await this.server.update(this.draft!.id, this.draft!.revision, fields, final, this.writer);
    this.draft = { id: saved.id, revision: saved.revision };
  }

  /** In the browser, until the server has it. */
  private keep(): void {
    this.kept = true;
    const uploads = this.state.uploads.flatMap((item) => item.upload ?? []);
    this.keeper?.keep({ key: this.writer, fields: toFields(this.state), uploads, draft: this.draft, createId: this.createId });
  }

  private forget(): void {
    if (this.kept) this.keeper?.forget(this.writer);
    this.kept = false;
  }

  /** The next save makes a new draft. */
  private detach(): void {
    this.draft = null;
    this.created = false;
    this.createId = crypto.randomUUID();
  }

  private saveFailed(error: unknown): false {
    this.keep();
    if (error instanceof ApiError && (error.code === 'draft_conflict' || error.code === 'conflict')) {
      this.put({ save: { kind: 'conflict' } });
      return false;
    }
    if (error instanceof ApiError && (error.code === 'not_found' || error.code === 'gone')) {
      this.detach();
      this.keep();
    }
    this.put({ save: { kind: 'failed', message: error instanceof Error ? error.message : String(error) } });
    const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!;
    this.failures += 1;
    if (!(error instanceof ApiError) || error.transient || this.draft === null) this.schedule(delay);
    return false;
  }

  /** The draft as another window saved it. @throws what the server answered */
  readOther(): Promise<Draft> {
    return this.server.read(this.draft?.id ?? this.createId);
  }

  /** Ends a conflict: overwrites the stored draft with this one, loads the stored one, or makes this one a draft of its own. */
  async settleConflict(keep: 'mine' | 'theirs' | 'both'): Promise<void> {
    if (keep === 'both') {
      this.detach();
      this.dirty = true;
      this.put({ save: { kind: 'dirty' } });
      await this.saveNow();
      return;
    }
    try {
      const stored = await this.readOther();
      this.draft = { id: stored.id, revision: stored.revision };
      if (keep === 'theirs') {
        this.dirty = false;
        this.forget();
        this.store.set((now) => ({ ...withFields(now, { ...stored.fields }, stored.uploads), save: { kind: 'saved', at: new Date(stored.updatedAt) } }));
      } else {
        this.dirty = true;
        this.put({ save: { kind: 'dirty' } });
        await this.saveNow();
      }
    } catch (error) {
      this.put({ save: { kind: 'conflict' }, faults: { form: error instanceof Error ? error.message : String(error) } });
    }
  }

  /**
   * Sends. The same content keeps its idempotency key over tries, so that a try whose answer was lost sends nothing
   * twice.
   * @returns what the server made of it; null when it was refused, and `faults` say why
   */
  async send(when: SendTime = {}): Promise<SendResult | null> {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (this.state.phase !== 'writing') return null;
    if (when.sendAt !== this.sendTime) this.sendKey = null;
    this.sendTime = when.sendAt;
    this.sendKey ??= crypto.randomUUID();
    this.put({ phase: 'sending', faults: {} });
    try {
      // One that was asked for may be there though no answer came.
      const draftId = this.draft?.id ?? (this.created ? this.createId : undefined);
      const result = await this.server.send({ ...toFields(this.state), ...(draftId ? { draftId } : {}), ...when }, this.sendKey);
      this.dirty = false;
      this.forget();
      this.put({ phase: 'done' });
      return result;
    } catch (error) {
      const faults = error instanceof ApiError ? error.fields : [];
      const message = error instanceof Error ? error.message : String(error);
      this.store.set((now) => ({ ...withFaults(now, faults, message), phase: 'writing' }));
      if (this.dirty) this.schedule(PAUSE_MS);
      return null;
    }
  }

  /** Goes on writing after the message was taken back: the server has it as this draft. */
  resume(draft: Pick<Draft, 'id' | 'revision' | 'updatedAt'>): void {
    this.draft = { id: draft.id, revision: draft.revision };
    this.dirty = false;
    this.sendKey = null;
    this.store.set((now) => ({ ...now, phase: 'writing', faults: {}, save: { kind: 'saved', at: new Date(draft.updatedAt) }, epoch: now.epoch + 1 }));
  }

  /** Throws the message away, on the server too. @throws what the server answered */
  async discard(): Promise<void> {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    clearTimeout(this.timer);
    const draftId = this.draft?.id ?? (this.created ? this.createId : null);
    if (draftId !== null) await this.server.remove(draftId);
    this.detach();
    this.forget();
    this.dirty = false;
    this.put({ phase: 'done' });
  }

  /** Stops the clock; nothing is saved any more. */
  dispose(): void {
    clearTimeout(this.timer);
    this.onDispose();
  }
}
