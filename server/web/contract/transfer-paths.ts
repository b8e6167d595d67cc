// Name, method and path of the routes about imports and exports. Apart from paths.ts, as account-paths.ts is.
import { addPaths } from './paths.ts';

export const TRANSFER_PATHS = {
  'transfers.list': 'GET /api/transfers',
  'transfers.get': 'GET /api/transfers/:transferId',
  'transfers.cancel': 'POST /api/transfers/:transferId/cancel',
  'transfers.export': 'POST /api/transfers/exports',
  'transfers.file': 'GET /api/transfers/:transferId/file',
  'transfers.files': 'POST /api/transfers/files',
  'transfers.addFile': 'POST /api/transfers/:transferId/files',
  'transfers.begin': 'POST /api/transfers/:transferId/begin',
  'transfers.imapFolders': 'POST /api/transfers/imap/folders',
  'transfers.imap': 'POST /api/transfers/imap',
} as const;

addPaths(TRANSFER_PATHS);
