// A message to start writing from: reply, reply to all, forward, or a message of the Drafts folder to go on with.
import type { MessageRow } from '../../mailbox/types.ts';
import type { MessageAttachment } from '../../infra/wildduck/types.ts';
import { AppError } from '../api/app-error.ts';
import type { ComposeFieldsFull, ComposeFrom, ReplyMode } from '../contract/compose.ts';
import type { Upload } from '../contract/uploads.ts';
import type { MailAddress } from '../contract/shapes.ts';
import { escapeHtml, linkify } from '../html/text-to-html.ts';
import { ownAddresses } from '../mailbox/list-mail.ts';
import { emailIdOf, type EmailPlace } from '../message/email-id.ts';
import { requireRow } from '../message/open-message.ts';
import { readContent, type StoredContent } from '../message/read-content.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { toDraft } from './drafts.ts';
import * as drafts from './draft.store.ts';
import { quotableHtml } from './quotable-html.ts';
import { fallbackName } from '../message/email-content.ts';
import { cleanFilename, keepUpload } from './uploads.ts';

/** @throws AppError not_found, too_large when a forwarded message's files are more than can be sent */
export async function composeFrom(services: Services, session: Session, place: EmailPlace, mode: ReplyMode | 'draft'): Promise<ComposeFrom> {
  const row = await requireRow(services, session, place);
  if (mode === 'draft') return openDraft(services, session, row);
  const content = await readContent(services, session.wildduckUserId, place);
  if (!content) throw new AppError('not_found');
  const own = await ownAddresses(services, session);
  const quoted = await quotableHtml(services, session, place, content);
  const files = mode === 'forward' ? content.attachments.filter((file) => !quoted.embedded.has(file.id)) : [];
  const uploads = await copyAttachments(services, session, place, files);
  const fields: ComposeFieldsFull = {
    from: replyFrom(row, own) ?? undefined,
    ...recipients(row, mode, own),
    bcc: [],
    subject: prefixed(row.subject, mode),
    html: mode === 'forward' ? forwardedHtml(row, quoted.html) : quotedHtml(row, quoted.html),
    text: null,
    attachments: uploads.map((upload) => upload.id),
    inReplyTo: { emailId: emailIdOf(place), mode },
    remindAfterDays: null,
  };
  return { fields, uploads: [...uploads, ...quoted.uploads], draft: null };
}

/** Whom an answer goes to: Reply-To before From; answering one's own message goes on with its recipients. */
function recipients(row: MessageRow, mode: ReplyMode, own: ReadonlySet<string>): Pick<ComposeFieldsFull, 'to' | 'cc'> {
  if (mode === 'forward') return { to: [], cc: [] };
  const isOwn = (person: MailAddress) => own.has(person.address.toLowerCase());
  const mine = isOwn(row.from);
  const to = mine ? row.to : row.replyTo.length > 0 ? row.replyTo : [row.from];
  if (mode === 'reply') return { to: distinct(to, []), cc: [] };
  const everyone = mine ? row.to : [...to, ...row.to.filter((person) => !isOwn(person))];
  const kept = distinct(everyone, []);
  return { to: kept, cc: distinct(row.cc.filter((person) => !isOwn(person)), kept) };
}

function distinct(people: MailAddress[], but: MailAddress[]): MailAddress[] {
  const seen = new Set(but.map((person) => person.address.toLowerCase()));
  return people.filter((person) => {
    const key = person.address.toLowerCase();
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The identity that the message was sent to, so that an answer comes from the same address. */
function replyFrom(row: MessageRow, own: ReadonlySet<string>): string | null {
  const addressed = [...row.to, ...row.cc, row.from].find((person) => own.has(person.address.toLowerCase()));
  return addressed?.address ?? null;
}

function prefixed(subject: string, mode: ReplyMode): string {
  const bare = subject.replace(/^\s*(?:(?:re|aw|sv|fwd?|wg|tr|rif|odp)(?:\[\d+\])?\s*:\s*)+/i, '').trim();
  return `${mode === 'forward' ? 'Fwd' : 'Re'}: ${bare}`;
}

function person(one: MailAddress): string {
  const address = `&lt;<a href="mailto:${escapeHtml(one.address)}">${escapeHtml(one.address)}</a>&gt;`;
  return one.name === '' ? address : `${escapeHtml(one.name)} ${address}`;
}

function when(row: MessageRow): string {
  return escapeHtml(new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' }).format(row.sentAt)) + ' UTC';
}

function quotedHtml(row: MessageRow, html: string): string {
  return `<div class="eider-quote"><p>On ${when(row)}, ${person(row.from)} wrote:</p><blockquote type="cite">${html}</blockquote></div>`;
}

function forwardedHtml(row: MessageRow, html: string): string {
  const lines = [
    `From: ${person(row.from)}`,
    `Date: ${when(row)}`,
    `Subject: ${linkify(row.subject)}`,
    `To: ${row.to.map(person).join(', ')}`,
    ...(row.cc.length > 0 ? [`Cc: ${row.cc.map(person).join(', ')}`] : []),
  ];
  return `<div class="eider-quote"><p>---------- Forwarded message ----------<br>${lines.join('<br>')}</p>${html}</div>`;
}

/** The attachments as uploads of the new message. Copied, so that deleting the original takes nothing from it. */
async function copyAttachments(services: Services, session: Session, place: EmailPlace, files: MessageAttachment[]): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (const file of files) {
    const found = await services.wildduck.getAttachment({ userId: session.wildduckUserId, mailboxId: place.folderId, uid: place.uid }, file.id);
    if (!found) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of found.stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const filename = file.filename === '' ? fallbackName(file.contentType) : cleanFilename(file.filename);
    uploads.push(await keepUpload(services, session, { filename, contentType: file.contentType.toLowerCase(), content: Buffer.concat(chunks) }));
  }
  return uploads;
}

/** Goes on with a draft: ours by its row, another program's by making a row from its message. */
async function openDraft(services: Services, session: Session, row: MessageRow): Promise<ComposeFrom> {
  const known = await drafts.findDraftByCopy(services.pool, session.accountId, row.folderId, row.uid);
  const stored = known ?? (await adoptDraft(services, session, row));
  const draft = await toDraft(services, session.accountId, stored);
  return { fields: draft.fields, uploads: draft.uploads, draft: { id: draft.id, revision: draft.revision } };
}

async function adoptDraft(services: Services, session: Session, row: MessageRow): Promise<drafts.DraftRow> {
  const place = { folderId: row.folderId, uid: row.uid };
  const content = await readContent(services, session.wildduckUserId, place);
  if (!content) throw new AppError('not_found');
  const own = await ownAddresses(services, session);
  const quoted = await quotableHtml(services, session, place, content);
  const uploads = await copyAttachments(services, session, place, content.attachments.filter((file) => !quoted.embedded.has(file.id)));
  const isPlain = !/\S/.test(content.html);
  const fields: ComposeFieldsFull = {
    from: own.has(row.from.address.toLowerCase()) ? row.from.address : undefined,
    to: row.to,
    cc: row.cc,
    bcc: row.bcc,
    subject: row.subject,
    html: isPlain ? textParagraphs(content) : quoted.html,
    text: null,
    attachments: uploads.map((upload) => upload.id),
    inReplyTo: null,
    remindAfterDays: null,
  };
  return drafts.insertDraft(services.pool, session, fields, { mailbox: row.folderId, uid: row.uid });
}

function textParagraphs(content: StoredContent): string {
  return content.text.split(/\r?\n/).map((line) => `<p>${escapeHtml(line)}</p>`).join('');
}
