// The handlers of files: on their way into a message.
import { addPart, beginUpload, finishUpload, readUploadState } from '../compose/receive-upload.ts';
import { removeUpload, serveUpload, takeUpload } from '../compose/uploads.ts';
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
} satisfies Partial<Handlers>;
