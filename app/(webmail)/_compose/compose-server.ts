'use client';
// The real server behind a message being written, and what a request to compose starts from.
import { api } from '../../../server/web/contract/client.ts';
import type { ComposeFields, ComposeFieldsFull } from '../../../server/web/contract/compose.ts';
import type { Me } from '../../../server/web/contract/session.ts';
import type { ComposeModel, ComposeServer } from './compose-model.ts';
import { EMPTY_COMPOSE, withFields } from './compose-state.ts';
import type { ComposeRequest } from './compose-windows.ts';
import { signatureOf } from './signature.ts';
import { withSignature } from './message-html.ts';
import { parseRecipients } from './recipients.ts';

/** Browsers refuse larger bodies for requests that outlive the page. */
const KEEPALIVE_CHARS = 40_000;

export const composeServer: ComposeServer = {
  create: (fields, own) => api('drafts.create', { body: { ...fields, ...own } }),
  update: (id, revision, fields, final, writer) =>
    api('drafts.update', { params: { draftId: id }, body: { revision, fields, final, writer } }, final && (fields.html ?? '').length < KEEPALIVE_CHARS ? { keepalive: true } : {}),
  read: (id) => api('drafts.get', { params: { draftId: id } }),
  remove: async (id) => {
    await api('drafts.delete', { params: { draftId: id } });
  },
  send: (body, idempotencyKey) => api('emails.send', { body }, { idempotencyKey, timeoutMs: 120_000 }),
};

/** What toFields left is complete but for its defaults. */
const asFull = (fields: ComposeFields): ComposeFieldsFull =>
  ({ cc: [], bcc: [], subject: '', text: null, attachments: [], inReplyTo: null, remindAfterDays: null, html: null, from: undefined, ...fields }) as ComposeFieldsFull;

const answers = (fields: ComposeFieldsFull) => fields.inReplyTo !== null;

/** Fills the model with what the request asks for: an empty message, an answer, or a stored draft. */
export async function beginCompose(model: ComposeModel, request: ComposeRequest, me: Me): Promise<void> {
  if (request.kind === 'new') {
    model.start({ ...EMPTY_COMPOSE, own: withSignature('', signatureOf(me.settings, me.account.address)), to: parseRecipients(request.to ?? '') }, null);
    return;
  }
  try {
    if (request.kind === 'kept') {
      const { kept } = request;
      model.startKept(withFields(EMPTY_COMPOSE, asFull(kept.fields), kept.uploads), kept);
      return;
    }
    if (request.kind === 'stored') {
      const stored = await api('drafts.get', { params: { draftId: request.draftId } });
      model.start(withFields(EMPTY_COMPOSE, stored.fields, stored.uploads), stored);
      return;
    }
    const mode = request.kind === 'draft' ? 'draft' : request.mode;
    const { fields, uploads, draft } = await api('emails.compose', { params: { emailId: request.emailId }, body: { mode } });
    const content = withFields(EMPTY_COMPOSE, fields, uploads);
    const own = draft || !answers(fields) ? content.own : withSignature(content.own, signatureOf(me.settings, fields.from ?? me.account.address));
    model.start({ ...content, own }, draft);
  } catch (error) {
    model.failLoading(error instanceof Error ? error.message : String(error));
  }
}
