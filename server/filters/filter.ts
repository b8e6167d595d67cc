// What a filter looks for and does, and its form in the mail store, which applies it to arriving mail. Pure.
import type { FilterConditions } from '../mail/filter-conditions.ts';

export interface FilterActions {
  /** A folder of the account. */
  moveTo?: string | undefined;
  /** A label's id. Set beside the mail store, whose filters know no keywords. */
  label?: string | undefined;
  markRead?: true | undefined;
  star?: true | undefined;
  neverSpam?: true | undefined;
}

export interface MailFilter {
  id: string;
  name: string;
  enabled: boolean;
  conditions: FilterConditions;
  actions: FilterActions;
}

export interface StoreFilter {
  query: Record<string, string | number | boolean>;
  action: Record<string, string | boolean>;
}

/** As WildDuck's REST API takes it; null when there is nothing for it to do. */
export function toStoreFilter({ conditions, actions }: Pick<MailFilter, 'conditions' | 'actions'>): StoreFilter | null {
  const { from, to, subject, listId, hasAttachment, largerThanBytes } = conditions;
  const { moveTo, markRead, star, neverSpam } = actions;
  const action = {
    ...(moveTo && { mailbox: moveTo }),
    ...(markRead && { seen: true }),
    ...(star && { flag: true }),
    ...(neverSpam && { spam: false }),
  };
  if (Object.keys(action).length === 0) return null;
  return {
    query: {
      ...(from && { from }),
      ...(to && { to }),
      ...(subject && { subject }),
      ...(listId && { listId }),
      ...(hasAttachment && { ha: true }),
      ...(largerThanBytes && { size: largerThanBytes }),
    },
    action,
  };
}
