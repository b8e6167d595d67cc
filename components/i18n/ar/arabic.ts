// Arabic: all texts. The first page's come with this file, the others when they are needed.
import type { Language } from '../catalogue.ts';
import { actions } from './actions.ts';
import { common } from './frame.ts';
import { list } from './list.ts';
import { reading } from './reading.ts';

export const arabic: Language = {
  tag: 'ar',
  core: { ...common, ...list, ...actions, ...reading },
  errors: () => import('./errors.ts').then((part) => part.errors),
  parts: {
    calendar: () => import('./calendar.ts').then((part) => part.calendar),
    compose: () => import('./compose.ts').then((part) => part.compose),
    contacts: () => import('./contacts.ts').then((part) => part.contacts),
    filters: () => import('./filters.ts').then((part) => part.filters),
    jobs: () => import('./jobs.ts').then((part) => part.jobs),
    labels: () => import('./labels.ts').then((part) => part.labels),
    savedSearches: () => import('./saved-searches.ts').then((part) => part.savedSearches),
    security: () => import('./security.ts').then((part) => part.security),
    settings: () => import('./settings.ts').then((part) => part.settings),
    signIn: () => import('./sign-in.ts').then((part) => part.signIn),
    snooze: () => import('./snooze.ts').then((part) => part.snooze),
    transfers: () => import('./transfers.ts').then((part) => part.transfers),
  },
};
