// The handler of every route. Each is a line or a few: what it calls does the work.
import { answerInvitation, readInvitationOf } from '../calendar/invitations.ts';
import { suggestRecipients } from '../contacts/suggest.ts';
import { composeFrom } from '../compose/compose-from.ts';
import { createDraft, discardDraft, readDraft, saveDraft } from '../compose/drafts.ts';
import { heldSends, takeBackSend } from '../compose/held-sends.ts';
import { rescheduleSend } from '../compose/reschedule-send.ts';
import { sendMessage } from '../compose/send.ts';
import { openEventStream } from '../events/event-stream.ts';
import { checkHealth } from '../health/probes.ts';
import { listJobs, readJob, startJob, stopJob, undoJob } from '../jobs/jobs.ts';
import { createLabel, deleteLabel, labelsOf, updateLabel } from '../labels/labels.ts';
import { act } from '../mailbox/act.ts';
import { conversationsIn, foldersOf, searchMail } from '../mailbox/list-mail.ts';
import { remindOfConversation } from '../mailbox/reminders.ts';
import { makeFolder, removeFolder, renameFolder } from '../mailbox/manage-folders.ts';
import { serveBody } from '../message/body.ts';
import { requireEmailId } from '../message/email-id.ts';
import { readConversation, readEmail } from '../message/read-email.ts';
import { serveRemoteImage } from '../message/serve-image.ts';
import { serveAttachment, serveInline, serveSource } from '../message/serve-part.ts';
import { openApiDocument } from '../contract/openapi.ts';
import { cookieName, sessionCookie } from '../session/cookie.ts';
import { recordLoginEvent } from '../session/login-event.store.ts';
import { signIn, signOut } from '../session/sign-in.ts';
import { readMe } from '../settings/me.ts';
import { setTrustedSender, writeSettings } from '../settings/settings.store.ts';
import { changeTemplate, dropTemplate, makeTemplate, readTemplates } from '../templates/templates.ts';
import { accountHandlers, enterSession } from './account-handlers.ts';
import { AppError, fieldError } from './app-error.ts';
import { contactHandlers } from './contact-handlers.ts';
import type { Handlers } from './context.ts';
import { fileHandlers } from './file-handlers.ts';
import { transferHandlers } from './transfer-handlers.ts';
import packageFile from '../../../package.json' with { type: 'json' };

const { version } = packageFile;

export const handlers: Handlers = {
  'api.description': (_input, { services, secure }) => Promise.resolve(openApiDocument({ url: services.config.publicUrl, cookie: cookieName(secure), version })),
  'health.get': async (_input, { services }) => {
    const health = await checkHealth(services);
    return Response.json(health, { status: health.status === 'down' ? 503 : 200 });
  },

  'session.create': async ({ body }, context) => {
    const outcome = await signIn(context.services, { ...body, ip: context.ip, userAgent: context.userAgent });
    return outcome.kind === 'second-step' ? { secondStep: outcome.secondStep } : enterSession(context, outcome);
  },
  'session.delete': async (_input, context) => {
    await signOut(context.services, context.session, context);
    context.answerHeaders.append('set-cookie', sessionCookie('', { secure: context.secure }));
    return {};
  },
  'sessions.list': async (_input, { services, session }) => ({
    items: (await services.sessions.list(session)).map((row) => ({
      id: row.id,
      current: row.id === session.id,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      ip: row.ip,
      userAgent: row.userAgent,
    })),
  }),
  'sessions.revoke': async ({ params }, { services, session, ip, userAgent }) => {
    if (!(await services.sessions.revoke(session, params.sessionId))) throw new AppError('not_found');
    const { tenantId, accountId, address } = session;
    await recordLoginEvent(services.pool, { kind: 'revoked', tenantId, accountId, address, ip, userAgent });
    return {};
  },

  'me.get': (_input, { services, session }) => readMe(services, session),
  'settings.update': ({ body }, { services, session }) => writeSettings(services.pool, session, body),

  'folders.list': async (_input, { services, session }) => ({ items: await foldersOf(services, session) }),
  'folders.create': async ({ body }, { services, session }) => ({ items: await makeFolder(services, session, body.path) }),
  'folders.rename': async ({ params, body }, { services, session }) => ({
    items: await renameFolder(services, session, params.folderId, body.path),
  }),
  'folders.delete': async ({ params }, { services, session }) => ({ items: await removeFolder(services, session, params.folderId) }),
  'folders.conversations': ({ params, query }, { services, session }) =>
    conversationsIn(services, session, { folderId: params.folderId, ...query }),
  'labels.list': async (_input, { services, session }) => ({ items: await labelsOf(services, session) }),
  'labels.create': async ({ body }, { services, session }) => ({ items: await createLabel(services, session, body) }),
  'labels.update': async ({ params, body }, { services, session }) => ({ items: await updateLabel(services, session, params.labelId, body) }),
  'labels.delete': async ({ params }, { services, session }) => ({ items: await deleteLabel(services, session, params.labelId) }),
  'mailbox.byUse': async ({ params, query }, { services, session }) => {
    const folders = await foldersOf(services, session);
    const folder = folders.find((candidate) => candidate.specialUse === params.use);
    return folder ? conversationsIn(services, session, { folderId: folder.id, use: params.use, ...query }) : { items: [], nextCursor: null };
  },

  'conversations.get': ({ params, query }, { services, session }) =>
    readConversation(services, session, params.conversationId, query.folderId),
  'conversations.remind': ({ params, body }, { services, session }) => remindOfConversation(services, session, params.conversationId, body.remindAt === null ? null : new Date(body.remindAt)),
  'conversations.act': ({ body }, { services, session }) => act(services, session, body),

  'jobs.list': async (_input, { services, session }) => ({ items: await listJobs(services, session) }),
  'jobs.create': ({ body }, { services, session }) => startJob(services, session, body),
  'jobs.get': ({ params }, { services, session }) => readJob(services, session, params.jobId),
  'jobs.cancel': ({ params }, { services, session }) => stopJob(services, session, params.jobId),
  'jobs.undo': ({ params }, { services, session }) => undoJob(services, session, params.jobId),

  'emails.search': ({ query }, { services, session }) => searchMail(services, session, query),
  'search.query': ({ query }, { services, session }) => searchMail(services, session, query),
  'emails.get': ({ params }, { services, session }) => readEmail(services, session, requireEmailId(params.emailId)),
  'emails.body': ({ params, query }, { services, session }) =>
    serveBody(services, session, requireEmailId(params.emailId), {
      theme: query.theme,
      images: query.images === undefined ? undefined : query.images === '1',
    }),
  'emails.source': ({ params, query }, { services, session }) =>
    serveSource(services, session, requireEmailId(params.emailId), { download: query.download === '1' }),
  'emails.inline': ({ params }, { services, session }) =>
    serveInline(services, session, requireEmailId(params.emailId), params.cid),
  'emails.attachment': ({ params, query }, { services, session }) =>
    serveAttachment(services, session, requireEmailId(params.emailId), params.attachmentId, { download: query.download === '1' }),
  'emails.compose': ({ params, body }, { services, session }) =>
    composeFrom(services, session, requireEmailId(params.emailId), body.mode),
  'emails.send': ({ body }, { services, session, request }) => {
    const key = request.headers.get('idempotency-key') ?? '';
    if (!/^[\x21-\x7e]{8,200}$/.test(key)) throw fieldError('idempotency-key', 'a header of 8 to 200 printable characters is needed');
    return sendMessage(services, session, body, key);
  },
  'templates.list': async (_input, { services, session }) => ({ items: await readTemplates(services, session) }),
  'templates.create': ({ body }, { services, session }) => makeTemplate(services, session, body),
  'templates.update': ({ params, body }, { services, session }) => changeTemplate(services, session, params.templateId, body),
  'templates.delete': async ({ params }, { services, session }) => {
    await dropTemplate(services, session, params.templateId);
    return {};
  },
  'sends.list': async (_input, { services, session }) => ({ items: await heldSends(services, session) }),
  'sends.cancel': ({ params }, { services, session }) => takeBackSend(services, session, params.sendId),
  'sends.reschedule': ({ params, body }, { services, session }) =>
    rescheduleSend(services, session, params.sendId, body.sendAt === null ? null : new Date(body.sendAt)),

  'drafts.create': ({ body }, { services, session }) => createDraft(services, session, body),
  'drafts.get': ({ params }, { services, session }) => readDraft(services, session, params.draftId),
  'drafts.update': ({ params, body }, { services, session }) => saveDraft(services, session, params.draftId, body),
  'drafts.delete': async ({ params, query }, { services, session }) => {
    await discardDraft(services, session, params.draftId, query.revision);
    return {};
  },

  'invitations.get': ({ params }, { services, session }) => readInvitationOf(services, session, requireEmailId(params.emailId)),
  'invitations.answer': ({ params, body }, { services, session }) =>
    answerInvitation(services, session, requireEmailId(params.emailId), body.response),

  'images.proxy': ({ query }, { services, session }) => serveRemoteImage(services, session, query.u),
  'senders.trust': async ({ body }, { services, session }) => {
    await setTrustedSender(services.pool, session, body.address, body.trusted);
    return {};
  },
  'contacts.suggest': async ({ query }, { services, session }) => ({
    items: await suggestRecipients(services, session, query.q, query.limit),
  }),
  'events.stream': async (_input, context) => openEventStream(context),
  ...fileHandlers,
  ...accountHandlers,
  ...contactHandlers,
  ...transferHandlers,
};
