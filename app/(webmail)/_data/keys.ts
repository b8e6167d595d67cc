// Names of everything that is cached.

export const keys = {
  me: ['me'] as const,
  folders: ['folders'] as const,
  labels: ['labels'] as const,
  sessions: ['sessions'] as const,
  held: ['held'] as const,
  templates: ['templates'] as const,
  shares: ['shares'] as const,
  lists: ['list'] as const,
  /** `listKey` of the view. */
  list: (viewKey: string) => ['list', viewKey] as const,
  conversations: ['conversation'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  email: (id: string) => ['email', id] as const,
  invitation: (emailId: string) => ['invitation', emailId] as const,
  suggestions: (q: string) => ['suggest', q] as const,
};
