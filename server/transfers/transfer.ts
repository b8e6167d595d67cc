// What a transfer of mail is: what it is asked to do and how far it has come. Types only.

export interface ImapServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
}

export type TransferSpec =
  | { kind: 'export'; format: 'mbox' | 'zip'; folderId: string | null; name: string }
  /** @property folderId where messages go whose file says nothing else */
  | { kind: 'files'; folderId: string; files: { name: string; chunks: number; bytes: number }[] }
  | { kind: 'imap'; server: ImapServer; folders: string[] };

export type FilesPosition = { file: number; offset: number };
/** UIDs up to `lastUid` of the folder with this index have been dealt with. */
export type ImapPosition = { folder: number; uidValidity: string; lastUid: number };

/** The messages that a batch is about to store: those of these hashes, in these folders, from these UIDs on. */
export interface InFlight {
  folders: { folderId: string; uidNext: number }[];
  hashes: string[];
}

export type TransferState = 'preparing' | 'running' | 'done' | 'cancelled' | 'failed';

/** Why one failed, for people of any language. */
export type TransferProblem = 'credentials' | 'unreachable' | 'certificate' | 'forbidden' | 'quota' | 'folder' | 'file' | 'store' | 'internal';

export interface Transfer {
  id: string;
  spec: TransferSpec;
  state: TransferState;
  total: number;
  done: number;
  skipped: number;
  failed: number;
  problem: TransferProblem | null;
  createdAt: Date;
  endedAt: Date | null;
}

export interface ClaimedTransfer {
  id: string;
  tenantId: string;
  accountId: string;
  wildduckUserId: string;
  spec: TransferSpec;
  secret: Buffer | null;
  done: number;
  position: FilesPosition | ImapPosition | null;
  inFlight: InFlight | null;
}
