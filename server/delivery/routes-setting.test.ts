import { describe, expect, test } from 'vitest';
import { parseRoutes } from './routes-setting.ts';

describe('parseRoutes', () => {
  const routes = parseRoutes('example.com=relay:2500, *.example.com=[::1]:26 *.b.example.com=b.relay/verified bücher.example=1.2.3.4,*=127.0.0.1:2626/none');
  test.each([
    ['example.com', { host: 'relay', port: 2500, tls: 'opportunistic' }],
    ['a.example.com', { host: '::1', port: 26, tls: 'opportunistic' }],
    ['x.a.example.com', { host: '::1', port: 26, tls: 'opportunistic' }],
    ['a.b.example.com', { host: 'b.relay', port: 25, tls: 'verified' }],
    ['xn--bcher-kva.example', { host: '1.2.3.4', port: 25, tls: 'opportunistic' }],
    ['example.org', null],
    ['notexample.com', null],
  ])('%s', (domain, route) => expect(routes.exact(domain)).toEqual(route));

  test('everything else has its own place', () => {
    expect(routes.other).toEqual({ host: '127.0.0.1', port: 2626, tls: 'none' });
    expect(parseRoutes(undefined).other).toBeNull();
    expect(parseRoutes('').exact('example.com')).toBeNull();
  });

  test.each(['example.com', '=x:25', 'a b=c', 'x=y:0', 'x=y:70000', 'x=', 'x=y=z', '*x.com=y', 'x=[::1', 'x=y:25/z', 'x=a,x=b'])('%j is refused', (setting) =>
    expect(() => parseRoutes(setting)).toThrow(/EIDER_ROUTES/));
});
