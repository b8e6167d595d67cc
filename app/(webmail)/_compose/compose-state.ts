// What a message being written consists of in the browser, and what of it goes to the server. Pure.
import type { ComposeFields, ComposeFieldsFull } from '../../../server/web/contract/compose.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import type { FieldFault } from '../../../server/web/contract/errors.ts';
import { joinHtml, splitHtml } from './message-html.ts';
import { isAddress } from './recipients.ts';
import type { Recipient } from './recipients.ts';

export interface UploadItem {
  key: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  /** Shown within the text, so not listed. */
  inline: boolean;
  /** Shared by a link for so many days once it is up; null when it is attached. */
  linkDays: number | null;
  /** `waiting`: it broke off and goes on by itself. */
  state: 'uploading' | 'waiting' | 'done' | 'failed';
  /** 0…1. */
  fraction: number;
  upload: Upload | null;
  error: string | null;
}

export type SaveState = { kind: 'clean' | 'dirty' | 'saving' | 'conflict' } | { kind: 'saved'; at: Date } | { kind: 'failed'; message: string };

/** Where a fault is shown: at a field, or below the form. */
export type FaultPlace = 'to' | 'cc' | 'bcc' | 'subject' | 'html' | 'attachments' | 'form';

export interface ComposeState {
  phase: 'loading' | 'load-failed' | 'writing' | 'sending' | 'done';
  loadError: string;
  from: string | undefined;
  to: readonly Recipient[];
  cc: readonly Recipient[];
  bcc: readonly Recipient[];
  subject: string;
  /** HTML in the editor. */
  own: string;
  quoted: string;
  uploads: readonly UploadItem[];
  inReplyTo: ComposeFieldsFull['inReplyTo'];
  /** Days after which it comes back when nobody answers. */
  remindAfterDays: number | null;
  save: SaveState;
  faults: Partial<Record<FaultPlace, string>>;
  /** Grows when `own` was replaced from outside, so that the editor loads it anew. */
  epoch: number;
}

export const EMPTY_COMPOSE: ComposeState = {
  phase: 'loading',
  loadError: '',
  from: undefined,
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  own: '<p></p>',
  quoted: '',
  uploads: [],
  inReplyTo: null,
  remindAfterDays: null,
  save: { kind: 'clean' },
  faults: {},
  epoch: 0,
};

const toRecipients = (people: ComposeFieldsFull['to']): Recipient[] => people.map((person) => ({ ...person, valid: isAddress(person.address) }));

/** Fields and files as the server gives them, put into a state. */
export function withFields(state: ComposeState, fields: ComposeFieldsFull, uploads: readonly Upload[]): ComposeState {
  const { own, quoted } = splitHtml(fields.html ?? textAsHtml(fields.text ?? ''));
  return {
    ...state,
    from: fields.from,
    to: toRecipients(fields.to),
    cc: toRecipients(fields.cc),
    bcc: toRecipients(fields.bcc),
    subject: fields.subject,
    own: own || '<p></p>',
    quoted,
    inReplyTo: fields.inReplyTo,
    remindAfterDays: fields.remindAfterDays,
    uploads: uploads.map((upload) => ({
      key: upload.id,
      filename: upload.filename,
      contentType: upload.contentType,
      sizeBytes: upload.sizeBytes,
      inline: (fields.html ?? '').includes(upload.url),
      linkDays: null,
      state: 'done',
      fraction: 1,
      upload,
      error: null,
    })),
    epoch: state.epoch + 1,
  };
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Plain text as paragraphs, for drafts of other programs. */
export function textAsHtml(text: string): string {
  if (text === '') return '';
  return text
    .split(/\r?\n/)
    .map((line) => `<p>${escapeHtml(line)}</p>`)
    .join('');
}

/** What is saved and sent. Inline images that were deleted from the text are left out. */
export function toFields(state: ComposeState): ComposeFields {
  const people = (list: readonly Recipient[]) => list.map(({ name, address }) => ({ name, address }));
  const html = joinHtml(state);
  return {
    ...(state.from ? { from: state.from } : {}),
    to: people(state.to),
    cc: people(state.cc),
    bcc: people(state.bcc),
    subject: state.subject,
    html,
    attachments: state.uploads.flatMap((item) => (item.upload && (!item.inline || html.includes(item.upload.url)) ? [item.upload.id] : [])),
    inReplyTo: state.inReplyTo,
    remindAfterDays: state.remindAfterDays,
  };
}

/** Nothing that would be a pity to lose. `pristine`: the editor's HTML as it was at first (signature). */
export function isBlank(state: ComposeState, pristine: string): boolean {
  return state.to.length + state.cc.length + state.bcc.length + state.uploads.length === 0 && state.subject.trim() === '' && (state.own === pristine || state.own === '<p></p>') && state.quoted === '';
}

const PLACES: ReadonlySet<string> = new Set(['to', 'cc', 'bcc', 'subject', 'html', 'attachments']);

/** The server's faults by place; several at one place in one text. Recipients at fault are marked. */
export function withFaults(state: ComposeState, faults: readonly FieldFault[], message: string): ComposeState {
  const shown: Partial<Record<FaultPlace, string>> = {};
  const invalid = { to: new Set<number>(), cc: new Set<number>(), bcc: new Set<number>() };
  for (const { field, rule } of faults) {
    const [first = '', second] = field.split('.');
    const place = (PLACES.has(first) ? first : 'form') as FaultPlace;
    const subject = place in invalid ? state[place as 'to'][Number(second)] : undefined;
    if (subject) invalid[place as 'to'].add(Number(second));
    const text = subject ? `${subject.address}: ${rule}` : rule;
    shown[place] = shown[place] ? `${shown[place]} ${text}` : text;
  }
  if (faults.length === 0) shown.form = message;
  const mark = (place: 'to' | 'cc' | 'bcc') => state[place].map((person, index) => (invalid[place].has(index) ? { ...person, valid: false } : person));
  return { ...state, to: mark('to'), cc: mark('cc'), bcc: mark('bcc'), faults: shown };
}
