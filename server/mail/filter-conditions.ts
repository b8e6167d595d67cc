// What a filter looks for in a message: for arriving mail in the mail store, for what is here in the index.

export interface FilterConditions {
  /** Parts of the header, in any case; all that are given must be found. */
  from?: string | undefined;
  to?: string | undefined;
  subject?: string | undefined;
  listId?: string | undefined;
  hasAttachment?: true | undefined;
  largerThanBytes?: number | undefined;
}
