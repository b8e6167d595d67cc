// English: saved searches. Loaded with them.

export const savedSearches = {
  'saved.title': 'Saved searches',
  'saved.save': 'Save search',
  'saved.remove': 'Forget this saved search',
  'saved.name': 'Name',
  'saved.taken': 'There is a saved search of that name already.',
  'saved.full': 'There are 50 saved searches already. Forget one first.',
  'saved.saved': ({ name }: { name: string }) => `Search saved as “${name}”`,
  'saved.removed': ({ name }: { name: string }) => `“${name}” is no longer saved`,
};
