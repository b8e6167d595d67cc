import { describe, expect, test } from 'vitest';
import { ALL_PATHS } from '../contract/account-paths.ts';
import { pathOf, type RouteName } from '../contract/paths.ts';
import { ROUTES } from '../contract/routes.ts';
import { handlers } from './handlers.ts';
import { matchRoute } from './match-route.ts';

const names = Object.keys(ALL_PATHS) as RouteName[];
const sample = (name: RouteName) =>
  Object.fromEntries([...ALL_PATHS[name].matchAll(/:([A-Za-z]+)/g)].map(([, key]) => [key!, key === 'use' ? 'inbox' : `a b/ü.${key}`]));

describe('route table', () => {
  test('paths, contracts and handlers name the same routes', () => {
    expect(Object.keys(ROUTES).sort()).toEqual([...names].sort());
    expect(Object.keys(handlers).sort()).toEqual([...names].sort());
  });

  test.each(names)('%s: the path that the client builds leads to it', (name) => {
    const params = sample(name);
    const { method, path } = pathOf(name, params);
    expect(matchRoute(method, path)).toEqual({ kind: 'route', name, params });
  });

  test.each([
    ['GET', '/api/mailbox/folders', 'folders.list'],
    ['GET', '/api/mailbox/inbox', 'mailbox.byUse'],
    ['GET', '/api/emails/search', 'emails.search'],
    ['GET', '/api/emails/drafts/1', 'drafts.get'],
    ['GET', '/api/emails/1/body', 'emails.body'],
    ['GET', '/api/emails/1/', 'emails.get'],
  ])('%s %s → %s', (method, path, name) => expect(matchRoute(method, path)).toMatchObject({ kind: 'route', name }));

  test.each([
    ['GET', '/api/nothing', { kind: 'none' }],
    ['GET', '/api', { kind: 'none' }],
    ['GET', '/api/emails/%E0%A4%A/body', { kind: 'none' }],
    ['GET', '/api/emails//body', { kind: 'none' }],
    ['PATCH', '/api/me', { kind: 'wrong-method', allowed: ['GET'] }],
    ['PUT', '/api/session', { kind: 'wrong-method', allowed: ['POST', 'DELETE'] }],
  ])('%s %s is refused', (method, path, outcome) => expect(matchRoute(method, path)).toEqual(outcome));

  test('a missing parameter is a bug of the caller', () => {
    expect(() => pathOf('emails.get', {})).toThrow('emailId');
  });
});
