// A filter while it is being written, as the form has it, and both ways to the API's form. Pure.
import type { FilterBody, MailFilter } from '../../../../../server/web/contract/filters.ts';

export interface FilterDraft {
  id: string | null;
  name: string;
  enabled: boolean;
  from: string;
  to: string;
  subject: string;
  listId: string;
  hasAttachment: boolean;
  /** As typed. */
  largerThanMb: string;
  moveTo: string;
  label: string;
  markRead: boolean;
  star: boolean;
  neverSpam: boolean;
}

export const EMPTY_DRAFT: FilterDraft = {
  id: null, name: '', enabled: true, from: '', to: '', subject: '', listId: '', hasAttachment: false, largerThanMb: '',
  moveTo: '', label: '', markRead: false, star: false, neverSpam: false,
};

const MB = 1024 * 1024;

export function draftOf(filter: MailFilter): FilterDraft {
  const { conditions, actions } = filter;
  return {
    id: filter.id,
    name: filter.name,
    enabled: filter.enabled,
    from: conditions.from ?? '',
    to: conditions.to ?? '',
    subject: conditions.subject ?? '',
    listId: conditions.listId ?? '',
    hasAttachment: conditions.hasAttachment ?? false,
    largerThanMb: conditions.largerThanBytes === undefined ? '' : String(Math.round((conditions.largerThanBytes / MB) * 100) / 100),
    moveTo: actions.moveTo ?? '',
    label: actions.label ?? '',
    markRead: actions.markRead ?? false,
    star: actions.star ?? false,
    neverSpam: actions.neverSpam ?? false,
  };
}

/** What the conditions say; null when there is none. */
export function conditionsOf(draft: FilterDraft): FilterBody['conditions'] | null {
  const text = (value: string) => value.trim() || undefined;
  const megabytes = Number(draft.largerThanMb.replace(',', '.'));
  const conditions = {
    from: text(draft.from),
    to: text(draft.to),
    subject: text(draft.subject),
    listId: text(draft.listId),
    hasAttachment: draft.hasAttachment ? (true as const) : undefined,
    largerThanBytes: megabytes > 0 && megabytes < 900 ? Math.round(megabytes * MB) : undefined,
  };
  return Object.values(conditions).some((value) => value !== undefined) ? conditions : null;
}

/** The whole filter; null while a condition or an action is missing. */
export function bodyOf(draft: FilterDraft): FilterBody | null {
  const conditions = conditionsOf(draft);
  const actions = {
    moveTo: draft.moveTo || undefined,
    label: draft.label || undefined,
    markRead: draft.markRead ? (true as const) : undefined,
    star: draft.star ? (true as const) : undefined,
    neverSpam: draft.neverSpam ? (true as const) : undefined,
  };
  if (!conditions || !Object.values(actions).some((value) => value !== undefined)) return null;
  return { name: draft.name.trim(), enabled: draft.enabled, conditions, actions };
}
