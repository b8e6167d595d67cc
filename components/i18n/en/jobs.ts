// English: actions on thousands of conversations. Loaded with the first of them.
import { pluralFor } from '../plural.ts';

const plural = pluralFor('en');
const conversations = (n: number) => plural(n, { one: '# conversation', other: '# conversations' });

export const jobs = {
  'jobs.title': 'Large actions',
  'jobs.pageSelected': ({ n }: { n: number }) => plural(n, { one: 'The one loaded conversation is selected.', other: 'All # loaded conversations are selected.' }),
  'jobs.everything': ({ n, name }: { n: number; name: string }) => `All ${conversations(n)} in ${name} are selected.`,
  'jobs.everythingFound': 'All conversations that match this search are selected.',
  'jobs.everythingShown': ({ name }: { name: string }) => `All conversations shown in ${name} are selected.`,
  'jobs.selectEverything': ({ n, name }: { n: number; name: string }) => `Select all ${conversations(n)} in ${name}`,
  'jobs.selectFound': 'Select all that match this search',
  'jobs.selectShown': ({ name }: { name: string }) => `Select all that are shown in ${name}`,
  'jobs.deleteText': 'All conversations of this list can’t be brought back.',
  'jobs.collecting': 'Looking the conversations up…',
  'jobs.undoing': 'Taking it back…',
  'jobs.undone': 'Undone',
  'jobs.running.archive': 'Archiving',
  'jobs.running.trash': 'Moving to Trash',
  'jobs.running.delete': 'Deleting for good',
  'jobs.running.spam': 'Reporting as spam',
  'jobs.running.notSpam': 'Moving to the inbox',
  'jobs.running.move': 'Moving',
  'jobs.running.read': 'Marking as read',
  'jobs.running.unread': 'Marking as unread',
  'jobs.running.star': 'Starring',
  'jobs.running.unstar': 'Removing stars',
  'jobs.running.label': 'Labelling',
  'jobs.progress': ({ done, total }: { done: number; total: number }) => `${plural(done, { other: '#' })} of ${plural(total, { other: '#' })}`,
  'jobs.done': ({ n }: { n: number }) => `${conversations(n)} done`,
  'jobs.cancelled': ({ n }: { n: number }) => `Stopped after ${conversations(n)}`,
  'jobs.failed': ({ n }: { n: number }) => `Broke off after ${conversations(n)}`,
  'jobs.refused': ({ n }: { n: number }) => `${conversations(n)} could not be changed`,
};
