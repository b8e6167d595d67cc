// Name, method and path of the API's routes that the mailbox needs (the files that end in -paths.ts have the others). Free of imports,
// so that the browser's bundle carries only this table; what goes in and out stands in routes.ts, which must have an
// entry for each name.
import type { ACCOUNT_PATHS } from './account-paths.ts';
import type { CONTACT_PATHS } from './contact-paths.ts';
import type { TRANSFER_PATHS } from './transfer-paths.ts';

export const PATHS = {
  'api.description': 'GET /api/openapi.json',
  'health.get': 'GET /api/health',
  'session.create': 'POST /api/session',
  'session.delete': 'DELETE /api/session',
  'sessions.list': 'GET /api/sessions',
  'sessions.revoke': 'DELETE /api/sessions/:sessionId',
  'me.get': 'GET /api/me',
  'settings.update': 'PATCH /api/settings',
  'folders.list': 'GET /api/mailbox/folders',
  'folders.create': 'POST /api/mailbox/folders',
  'folders.rename': 'PATCH /api/mailbox/folders/:folderId',
  'folders.delete': 'DELETE /api/mailbox/folders/:folderId',
  'folders.conversations': 'GET /api/mailbox/folders/:folderId/conversations',
  'labels.list': 'GET /api/labels',
  'labels.create': 'POST /api/labels',
  'labels.update': 'PATCH /api/labels/:labelId',
  'labels.delete': 'DELETE /api/labels/:labelId',
  'mailbox.byUse': 'GET /api/mailbox/:use',
  'conversations.get': 'GET /api/conversations/:conversationId',
  'conversations.remind': 'PUT /api/conversations/:conversationId/reminder',
  'conversations.act': 'POST /api/conversations/actions',
  'jobs.list': 'GET /api/jobs',
  'jobs.create': 'POST /api/jobs',
  'jobs.get': 'GET /api/jobs/:jobId',
  'jobs.cancel': 'POST /api/jobs/:jobId/cancel',
  'jobs.undo': 'POST /api/jobs/:jobId/undo',
  'emails.search': 'GET /api/emails/search',
  'emails.send': 'POST /api/emails/send',
  'drafts.create': 'POST /api/emails/drafts',
  'drafts.get': 'GET /api/emails/drafts/:draftId',
  'drafts.update': 'PUT /api/emails/drafts/:draftId',
  'drafts.delete': 'DELETE /api/emails/drafts/:draftId',
  'emails.get': 'GET /api/emails/:emailId',
  'emails.body': 'GET /api/emails/:emailId/body',
  'emails.source': 'GET /api/emails/:emailId/source',
  'emails.inline': 'GET /api/emails/:emailId/inline/:cid',
  'emails.attachment': 'GET /api/emails/:emailId/attachments/:attachmentId',
  'emails.compose': 'POST /api/emails/:emailId/compose',
  'invitations.get': 'GET /api/emails/:emailId/invitation',
  'invitations.answer': 'POST /api/emails/:emailId/invitation',
  'images.proxy': 'GET /api/images',
  'uploads.create': 'POST /api/uploads',
  'uploads.get': 'GET /api/uploads/:uploadId',
  'uploads.begin': 'POST /api/uploads/parts',
  'uploads.state': 'GET /api/uploads/:uploadId/parts',
  'uploads.part': 'PATCH /api/uploads/:uploadId/parts',
  'uploads.finish': 'POST /api/uploads/:uploadId/finish',
  'shares.list': 'GET /api/shares',
  'shares.create': 'POST /api/shares',
  'shares.delete': 'DELETE /api/shares/:shareId',
  'shares.page': 'GET /f/:token',
  'shares.file': 'GET /f/:token/file',
  'uploads.delete': 'DELETE /api/uploads/:uploadId',
  'senders.trust': 'POST /api/trusted-senders',
  'contacts.suggest': 'GET /api/contacts/suggest',
  'search.query': 'GET /api/search',
  'templates.list': 'GET /api/templates',
  'templates.create': 'POST /api/templates',
  'templates.update': 'PUT /api/templates/:templateId',
  'templates.delete': 'DELETE /api/templates/:templateId',
  'sends.list': 'GET /api/sends',
  'sends.cancel': 'POST /api/sends/:sendId/cancel',
  'sends.reschedule': 'PUT /api/sends/:sendId/time',
  'events.stream': 'GET /api/events',
} as const;

export type AccountRouteName = keyof typeof ACCOUNT_PATHS;
export type ContactRouteName = keyof typeof CONTACT_PATHS;
export type TransferRouteName = keyof typeof TRANSFER_PATHS;
export type RouteName = keyof typeof PATHS | AccountRouteName | ContactRouteName | TransferRouteName;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const known: Record<string, string> = { ...PATHS };

/** Makes more routes known to `pathOf`. */
export function addPaths(paths: Record<string, string>): void {
  Object.assign(known, paths);
}

/** The path of a route with its parameters filled in (and percent-encoded), without the query. */
export function pathOf(name: RouteName, params: Record<string, string> = {}): { method: Method; path: string } {
  const line = known[name];
  if (line === undefined) throw new Error(`${name}: import the file that has its path`);
  const [method, pattern] = line.split(' ') as [Method, string];
  const path = pattern.replace(/:([A-Za-z]+)/g, (_whole, key: string) => {
    const value = params[key];
    if (value === undefined || value === '') throw new Error(`${name}: parameter "${key}" is missing`);
    return encodeURIComponent(value);
  });
  return { method, path };
}
