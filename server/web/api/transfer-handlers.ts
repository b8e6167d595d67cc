// The handlers of transfer-paths.ts.
import type { TransferRouteName } from '../contract/paths.ts';
import {
  beginExport, beginFiles, beginImap, exportedFile, importFiles, lookAtAccount, readTransfer, readTransfers, stopTransfer, takeFile,
} from '../transfers/manage-transfers.ts';
import type { Handlers } from './context.ts';

export const transferHandlers: Pick<Handlers, TransferRouteName> = {
  'transfers.list': async (_input, { services, session }) => ({ items: await readTransfers(services, session) }),
  'transfers.get': ({ params }, { services, session }) => readTransfer(services, session, params.transferId),
  'transfers.cancel': ({ params }, { services, session }) => stopTransfer(services, session, params.transferId),
  'transfers.export': ({ body }, { services, session }) => beginExport(services, session, body),
  'transfers.file': ({ params }, { services, session }) => exportedFile(services, session, params.transferId),
  'transfers.files': ({ body }, { services, session }) => beginFiles(services, session, body),
  'transfers.addFile': async ({ params, query }, { services, session, request }) => Response.json(await takeFile(services, session, params.transferId, query, request)),
  'transfers.begin': ({ params }, { services, session }) => importFiles(services, session, params.transferId),
  'transfers.imapFolders': async ({ body }, { services, session, ip }) => ({ items: await lookAtAccount(services, session, body, ip) }),
  'transfers.imap': ({ body }, { services, session }) => beginImap(services, session, body),
};
