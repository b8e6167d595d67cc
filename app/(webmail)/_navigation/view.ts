// What the address bar says, both ways. The whole webmail is one page whose views are told by the URL, so that
// opening a conversation needs no round trip for a page.
import type { SpecialUse } from '../../../server/web/contract/mailbox.ts';

export type ListFilter = 'unread' | 'starred';
export const SETTINGS_SECTIONS = ['appearance', 'account', 'writing', 'filters', 'shares', 'security', 'apps', 'transfers', 'privacy', 'devices'] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** What stands beside the folders and is none. */
const PAGES = ['scheduled', 'contacts'] as const;
export type Page = (typeof PAGES)[number];

export type View =
  | { kind: 'folder'; folder: string; filter: ListFilter | null; conversationId: string | null }
  | { kind: 'search'; q: string; folder: string | null; conversationId: string | null }
  | { kind: 'page'; page: Page }
  | { kind: 'settings'; section: SettingsSection };

/** The views that are a list of conversations. */
export type ListView = Extract<View, { kind: 'folder' | 'search' }>;

/** Folder names in URLs: one for each special use; labels by their id ("l-…"); all others are "f-" and their id. */
const SLUGS: Record<SpecialUse, string> = { inbox: 'inbox', snoozed: 'snoozed', drafts: 'drafts', sent: 'sent', archive: 'archive', junk: 'spam', trash: 'trash' };
const USES = new Map(Object.entries(SLUGS).map(([use, slug]) => [slug, use as SpecialUse]));

/** The URL part for a folder. */
export const folderSlug = (folder: { id: string; specialUse: SpecialUse | null }): string => (folder.specialUse ? SLUGS[folder.specialUse] : `f-${folder.id}`);

/** The special use that a URL part stands for, or null. */
export const slugUse = (slug: string): SpecialUse | null => USES.get(slug) ?? null;

/** The folder id that a URL part stands for, or null. */
export const slugId = (slug: string): string | null => (slug.startsWith('f-') && slug.length > 2 ? slug.slice(2) : null);

/** Whether a URL part stands for a label: it is the label's id then. */
export const isLabelSlug = (slug: string): boolean => /^l-[\w-]+$/.test(slug);

const isSlug = (slug: string) => slugUse(slug) !== null || slugId(slug) !== null || isLabelSlug(slug);
const INBOX: View = { kind: 'folder', folder: 'inbox', filter: null, conversationId: null };

function decode(part: string | undefined): string | null {
  if (!part) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The view of a path and query. Anything unknown leads to the inbox. */
export function parseView(pathname: string, search: URLSearchParams): View {
  const [area, first, second] = pathname.split('/').filter(Boolean);
  if (area === 'search') {
    const folder = search.get('in');
    return { kind: 'search', q: search.get('q') ?? '', folder: folder && isSlug(folder) ? folder : null, conversationId: decode(first) };
  }
  if (area === 'settings') {
    return { kind: 'settings', section: SETTINGS_SECTIONS.find((section) => section === first) ?? 'appearance' };
  }
  const page = PAGES.find((each) => each === first);
  if (area === 'mail' && page) return { kind: 'page', page };
  const slug = decode(first);
  if (area !== 'mail' || slug === null || !isSlug(slug)) return INBOX;
  const show = search.get('show');
  return { kind: 'folder', folder: slug, filter: show === 'unread' || show === 'starred' ? show : null, conversationId: decode(second) };
}

/** The inverse of parseView. */
export function viewHref(view: View): string {
  if (view.kind === 'settings') return `/settings/${view.section}`;
  if (view.kind === 'page') return `/mail/${view.page}`;
  const conversation = view.conversationId === null ? '' : `/${encodeURIComponent(view.conversationId)}`;
  if (view.kind === 'folder') {
    return `/mail/${encodeURIComponent(view.folder)}${conversation}${view.filter ? `?show=${view.filter}` : ''}`;
  }
  const search = new URLSearchParams({ q: view.q, ...(view.folder ? { in: view.folder } : {}) });
  return `/search${conversation}?${search.toString()}`;
}

/** Names the list that a view shows, whatever conversation is open; settings have none. */
export function listKey(view: View): string {
  if (view.kind === 'folder') return `folder:${view.folder}:${view.filter ?? 'all'}`;
  return view.kind === 'search' ? `search:${view.folder ?? ''}:${view.q}` : '';
}

/** The same list with another conversation open, or none. */
export function withConversation(view: View, conversationId: string | null): View {
  return view.kind === 'settings' || view.kind === 'page' ? view : { ...view, conversationId };
}

/** The open conversation, if any. */
export const openConversation = (view: View): string | null => (view.kind === 'settings' || view.kind === 'page' ? null : view.conversationId);
