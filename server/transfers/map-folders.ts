// Where the folders of an account elsewhere go here. Pure.

export interface RemoteFolder {
  path: string;
  delimiter: string;
  /** As the server marks it, or as its name says: `\\Sent`. */
  specialUse: string | undefined;
  /** Holds no messages, only folders. */
  noSelect: boolean;
}

export type FolderTarget = { kind: 'use'; use: 'inbox' | 'drafts' | 'sent' | 'archive' | 'junk' | 'trash' } | { kind: 'path'; path: string };

export interface MappedFolder {
  path: string;
  target: FolderTarget;
  /** Whether it is brought unless one says otherwise: not what is thrown away or shown twice. */
  wanted: boolean;
}

const USES: Record<string, Extract<FolderTarget, { kind: 'use' }>['use']> = {
  '\\Inbox': 'inbox', '\\Drafts': 'drafts', '\\Sent': 'sent', '\\Archive': 'archive', '\\Junk': 'junk', '\\Trash': 'trash', '\\All': 'archive',
};
/** Gmail's views of what lies elsewhere, under whatever name. */
const VIEWS = new Set(['\\Flagged', '\\Important']);

/** In the order in which they are brought: the inbox first, "all mail" last, when most of it is here already. */
export function mapFolders(folders: readonly RemoteFolder[]): MappedFolder[] {
  const rank = ({ path, specialUse }: RemoteFolder) => (path.toUpperCase() === 'INBOX' ? 0 : specialUse === '\\All' ? 2 : 1);
  return folders
    .filter(({ noSelect }) => !noSelect)
    .toSorted((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
    .map((folder) => ({ path: folder.path, target: targetOf(folder), wanted: !['\\Junk', '\\Trash'].includes(folder.specialUse ?? '') && !VIEWS.has(folder.specialUse ?? '') }));
}

function targetOf({ path, delimiter, specialUse }: RemoteFolder): FolderTarget {
  if (path.toUpperCase() === 'INBOX') return { kind: 'use', use: 'inbox' };
  const use = specialUse === undefined ? undefined : USES[specialUse];
  if (use) return { kind: 'use', use };
  const parts = (delimiter === '' ? [path] : path.split(delimiter)).map((part) => part.replaceAll('/', '-').replace(/[\p{Cc}\s]+/gu, ' ').trim()).filter(Boolean);
  // Servers that keep everything below the inbox, and Gmail's own folder, would make a folder of each name here.
  const own = parts.length > 1 && /^(inbox|\[gmail\]|\[google mail\])$/i.test(parts[0]!) ? parts.slice(1) : parts;
  return { kind: 'path', path: own.map((part) => part.slice(0, 100)).join('/') || 'Imported' };
}
