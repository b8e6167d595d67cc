// The contract: permission, input and output schema of every route (parts of it in the files that end in -routes.ts).
// The server validates with it, the browser takes only its types, and the walk over all routes in the tests reads it.
import { z } from 'zod';
import * as calendar from './calendar.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import * as compose from './compose.ts';
import { CONTACT_ROUTES } from './contact-routes.ts';
import { suggestions, suggestQuery } from './contacts.ts';
import { health } from './health.ts';
import * as jobs from './jobs.ts';
import * as labels from './labels.ts';
import * as mailbox from './mailbox.ts';
import * as message from './message.ts';
import type { RouteName } from './paths.ts';
import * as reminders from './reminders.ts';
import { secondStepNeeded } from './security.ts';
import * as session from './session.ts';
import * as shares from './shares.ts';
import * as templates from './templates.ts';
import * as uploads from './uploads.ts';
import { empty, opaqueId } from './shapes.ts';
import { TRANSFER_ROUTES } from './transfer-routes.ts';

/** `public` routes need no session. The others need one whose role has the permission. */
export type Permission = 'public' | 'account:read' | 'account:write' | 'mail:read' | 'mail:write' | 'mail:send';

export interface RouteContract {
  permission: Permission;
  /** Needs a session whose owner proved to be there in the last ten minutes (`session.verify`). */
  verified?: boolean;
  params?: z.ZodType;
  query?: z.ZodType;
  /** JSON body. `bytes`: the raw body is the payload, read as a stream. */
  body?: z.ZodType | 'bytes';
  /** JSON answer, or `document`/`bytes`/`events` for answers that are not JSON. */
  response: z.ZodType | 'bytes' | 'document' | 'events';
}

const folderId = z.object({ folderId: opaqueId });
const labelId = z.object({ labelId: opaqueId });
const emailId = z.object({ emailId: opaqueId });
const jobId = z.object({ jobId: opaqueId });
const draftId = z.object({ draftId: opaqueId });
const uploadId = z.object({ uploadId: opaqueId });
const templateId = z.object({ templateId: opaqueId });
const sendId = z.object({ sendId: opaqueId });

export const ROUTES = {
  'api.description': { permission: 'public', response: z.record(z.string(), z.unknown()) },
  'health.get': { permission: 'public', response: health },
  'session.create': { permission: 'public', body: session.signInBody, response: z.union([session.me, secondStepNeeded]) },
  'session.delete': { permission: 'account:read', response: empty },
  'sessions.list': { permission: 'account:read', response: z.object({ items: z.array(session.sessionInfo) }) },
  'sessions.revoke': { permission: 'account:write', params: z.object({ sessionId: opaqueId }), response: empty },
  'me.get': { permission: 'account:read', response: session.me },
  'settings.update': { permission: 'account:write', body: session.settingsPatch, response: session.settings },
  'folders.list': { permission: 'mail:read', response: mailbox.folderList },
  'folders.create': { permission: 'mail:write', body: mailbox.folderCreateBody, response: mailbox.folderList },
  'folders.rename': { permission: 'mail:write', params: folderId, body: mailbox.folderRenameBody, response: mailbox.folderList },
  'folders.delete': { permission: 'mail:write', params: folderId, response: mailbox.folderList },
  'folders.conversations': { permission: 'mail:read', params: folderId, query: mailbox.listQuery, response: mailbox.conversationPage },
  'labels.list': { permission: 'mail:read', response: labels.labelList },
  'labels.create': { permission: 'mail:write', body: labels.labelCreateBody, response: labels.labelList },
  'labels.update': { permission: 'mail:write', params: labelId, body: labels.labelUpdateBody, response: labels.labelList },
  'labels.delete': { permission: 'mail:write', params: labelId, response: labels.labelList },
  'mailbox.byUse': { permission: 'mail:read', params: z.object({ use: mailbox.specialUse }), query: mailbox.listQuery, response: mailbox.conversationPage },
  'conversations.get': { permission: 'mail:read', params: z.object({ conversationId: opaqueId }), query: message.conversationQuery, response: message.conversation },
  'conversations.remind': { permission: 'mail:write', params: z.object({ conversationId: opaqueId }), body: reminders.reminderBody, response: reminders.reminderAnswer },
  'conversations.act': { permission: 'mail:write', body: mailbox.actionBody, response: mailbox.actionResult },
  'jobs.list': { permission: 'mail:read', response: jobs.jobList },
  'jobs.create': { permission: 'mail:write', body: jobs.jobCreateBody, response: jobs.job },
  'jobs.get': { permission: 'mail:read', params: jobId, response: jobs.job },
  'jobs.cancel': { permission: 'mail:write', params: jobId, response: jobs.job },
  'jobs.undo': { permission: 'mail:write', params: jobId, response: jobs.job },
  'emails.search': { permission: 'mail:read', query: mailbox.searchQuery, response: mailbox.conversationPage },
  'emails.send': { permission: 'mail:send', body: compose.sendBody, response: compose.sendResult },
  'drafts.create': { permission: 'mail:write', body: compose.draftCreateBody, response: compose.draftSaved },
  'drafts.get': { permission: 'mail:read', params: draftId, response: compose.draft },
  'drafts.update': { permission: 'mail:write', params: draftId, body: compose.draftUpdateBody, response: compose.draftSaved },
  'drafts.delete': { permission: 'mail:write', params: draftId, query: compose.draftDeleteQuery, response: empty },
  'emails.get': { permission: 'mail:read', params: emailId, response: message.email },
  'emails.body': { permission: 'mail:read', params: emailId, query: message.bodyQuery, response: 'document' },
  'emails.source': { permission: 'mail:read', params: emailId, query: message.attachmentQuery, response: 'bytes' },
  'emails.inline': { permission: 'mail:read', params: emailId.extend({ cid: z.string().max(998) }), response: 'bytes' },
  'emails.attachment': { permission: 'mail:read', params: emailId.extend({ attachmentId: opaqueId }), query: message.attachmentQuery, response: 'bytes' },
  'emails.compose': { permission: 'mail:write', params: emailId, body: compose.composeFromBody, response: compose.composeFrom },
  'invitations.get': { permission: 'mail:read', params: emailId, response: calendar.invitation },
  'invitations.answer': { permission: 'mail:send', params: emailId, body: calendar.invitationAnswerBody, response: calendar.invitation },
  'images.proxy': { permission: 'mail:read', query: message.imageQuery, response: 'bytes' },
  'uploads.create': { permission: 'mail:write', query: uploads.uploadQuery, body: 'bytes', response: uploads.upload },
  'uploads.begin': { permission: 'mail:write', body: uploads.uploadBeginBody, response: uploads.uploadState },
  'uploads.state': { permission: 'mail:read', params: uploadId, response: uploads.uploadState },
  'uploads.part': { permission: 'mail:write', params: uploadId, query: uploads.uploadPartQuery, body: 'bytes', response: uploads.uploadState },
  'uploads.finish': { permission: 'mail:write', params: uploadId, response: uploads.upload },
  'uploads.get': { permission: 'mail:read', params: uploadId, response: 'bytes' },
  'shares.list': { permission: 'mail:read', response: shares.sharedFileList },
  'shares.create': { permission: 'mail:write', body: shares.shareCreateBody, response: shares.sharedFile },
  'shares.delete': { permission: 'mail:write', params: z.object({ shareId: opaqueId }), response: empty },
  'shares.page': { permission: 'public', params: shares.shareToken, response: 'document' },
  'shares.file': { permission: 'public', params: shares.shareToken, response: 'bytes' },
  'uploads.delete': { permission: 'mail:write', params: uploadId, response: empty },
  'senders.trust': { permission: 'account:write', body: message.trustSenderBody, response: empty },
  'contacts.suggest': { permission: 'mail:read', query: suggestQuery, response: suggestions },
  'search.query': { permission: 'mail:read', query: mailbox.searchQuery, response: mailbox.conversationPage },
  'templates.list': { permission: 'mail:read', response: templates.templateList },
  'templates.create': { permission: 'mail:write', body: templates.templateBody, response: templates.template },
  'templates.update': { permission: 'mail:write', params: templateId, body: templates.templateBody, response: templates.template },
  'templates.delete': { permission: 'mail:write', params: templateId, response: empty },
  'sends.list': { permission: 'mail:read', response: compose.heldSends },
  'sends.cancel': { permission: 'mail:send', params: sendId, response: compose.draft },
  'sends.reschedule': { permission: 'mail:send', params: sendId, body: compose.rescheduleBody, response: compose.sendResult },
  'events.stream': { permission: 'mail:read', response: 'events' },
  ...ACCOUNT_ROUTES,
  ...CONTACT_ROUTES,
  ...TRANSFER_ROUTES,
} as const satisfies Record<RouteName, RouteContract>;

type Routes = typeof ROUTES;
type In<S> = S extends z.ZodType ? z.input<S> : never;
type Out<S> = S extends z.ZodType ? z.output<S> : S;

/** What a client passes for route `N`: `params` and `query` and `body` where the route has them. */
export type RequestOf<N extends RouteName> = (Routes[N] extends { params: infer P } ? { params: In<P> } : object) &
  (Routes[N] extends { query: infer Q } ? { query?: Partial<In<Q>> } : object) &
  (Routes[N] extends { body: infer B } ? (B extends z.ZodType ? { body: In<B> } : object) : object);

/** What the handler of route `N` gets, validated and with defaults. */
export interface InputOf<N extends RouteName> {
  params: Routes[N] extends { params: infer P } ? Out<P> : Record<string, never>;
  query: Routes[N] extends { query: infer Q } ? Out<Q> : Record<string, never>;
  body: Routes[N] extends { body: infer B } ? Out<B> : undefined;
}

/** The JSON that route `N` answers with (`'bytes'`, `'document'`, `'events'` where it isn't JSON). */
export type ResponseOf<N extends RouteName> = Out<Routes[N]['response']>;

/** Routes that the typed client can call: those that answer JSON and take JSON or nothing. */
export type JsonRouteName = {
  [N in RouteName]: Routes[N]['response'] extends z.ZodType ? (Routes[N] extends { body: 'bytes' } ? never : N) : never;
}[RouteName];
