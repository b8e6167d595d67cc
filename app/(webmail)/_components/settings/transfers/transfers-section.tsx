'use client';
// Settings: mail from elsewhere, and mail to take along.
import { AccountImport } from './account-import.tsx';
import { FileExport, FileImport } from './file-transfers.tsx';
import { TransferList } from './transfer-list.tsx';

export default function TransfersSection() {
  return (
    <>
      <TransferList />
      <AccountImport />
      <FileImport />
      <FileExport />
    </>
  );
}
