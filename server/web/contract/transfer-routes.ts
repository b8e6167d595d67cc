// The contract of transfer-paths.ts: permission, input, output, and a line about each for the description of the API.
import { z } from 'zod';
import type { TransferRouteName } from './paths.ts';
import type { RouteContract } from './routes.ts';
import { opaqueId } from './shapes.ts';
import * as transfers from './transfers.ts';

const transferId = z.object({ transferId: opaqueId });

export const TRANSFER_ROUTES = {
  'transfers.list': { permission: 'mail:read', response: transfers.transferList },
  'transfers.get': { permission: 'mail:read', params: transferId, response: transfers.transfer },
  'transfers.cancel': { permission: 'mail:write', params: transferId, response: transfers.transfer },
  'transfers.export': { permission: 'mail:read', body: transfers.exportBody, response: transfers.transfer },
  'transfers.file': { permission: 'mail:read', params: transferId, response: 'bytes' },
  'transfers.files': { permission: 'mail:write', body: transfers.fileImportBody, response: transfers.transfer },
  'transfers.addFile': { permission: 'mail:write', params: transferId, query: transfers.importFileQuery, body: 'bytes', response: transfers.transfer },
  'transfers.begin': { permission: 'mail:write', params: transferId, response: transfers.transfer },
  'transfers.imapFolders': { permission: 'mail:write', body: transfers.imapServer, response: transfers.imapFolders },
  'transfers.imap': { permission: 'mail:write', body: transfers.imapImportBody, response: transfers.transfer },
} as const satisfies Record<TransferRouteName, RouteContract>;

export const TRANSFER_SUMMARIES: Record<TransferRouteName, string> = {
  'transfers.list': 'Imports and exports of the last month, the newest first',
  'transfers.get': 'How far an import or export has come',
  'transfers.cancel': 'Stop an import or export where it stands; what has come stays',
  'transfers.export': 'Prepare a folder, a label or everything as a file',
  'transfers.file': 'The exported file: mbox (RFC 4155, mboxrd) or a zip',
  'transfers.files': 'Begin to bring mbox or EML files in',
  'transfers.addFile': 'Bring one of the files',
  'transfers.begin': 'All files are there: import them',
  'transfers.imapFolders': 'Sign in to an account elsewhere and list its folders, with where they would go',
  'transfers.imap': 'Bring the mail of an account elsewhere; what is here already is passed over',
};
