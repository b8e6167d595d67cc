// The handlers of files: on their way into a message, or shared by link.
import { addPart, beginUpload, finishUpload, readUploadState } from '../compose/receive-upload.ts';
import { removeUpload, serveUpload, takeUpload } from '../compose/uploads.ts';
import { createShare, ownShares, revokeShare, serveSharedFile, serveSharePage } from '../shares/shares.ts';
import type { Handlers } from './context.ts';

export const fileHandlers = {
  'uploads.create': ({ query }, { services, session, request }) => takeUpload(services, session, request, query.filename),
  'uploads.get': ({ params }, { services, session }) => serveUpload(services, session, params.uploadId),
  'uploads.begin': ({ body }, { services, session }) => beginUpload(services, session, body),
  'uploads.state': ({ params }, { services, session }) => readUploadState(services, session, params.uploadId),
  'uploads.part': ({ params, query }, { services, session, request }) => addPart(services, session, request, params.uploadId, query.offset),
  'uploads.finish': ({ params }, { services, session }) => finishUpload(services, session, params.uploadId),
  'uploads.delete': async ({ params }, { services, session }) => {
    await removeUpload(services, session, params.uploadId);
    return {};
  },
  'shares.list': async (_input, { services, session }) => ({ items: await ownShares(services, session) }),
  'shares.create': ({ body }, { services, session }) => createShare(services, session, body.uploadId, body.days),
  'shares.delete': async ({ params }, { services, session }) => {
    await revokeShare(services, session, params.shareId);
    return {};
  },
  'shares.page': ({ params }, { services, request }) => serveSharePage(services, request, params.token),
  'shares.file': ({ params }, { services, request }) => serveSharedFile(services, request, params.token),
} satisfies Partial<Handlers>;
