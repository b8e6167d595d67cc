import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../server/config.ts';
import { redisOptions } from './redis.ts';
import { parseEndpoint, storeSettings, wildduckSettings } from './settings.ts';

const env = {
  EIDER_HOME: '/tmp/x', MONGO_URL: 'mongodb://%2Ftmp%2Fm.sock/wildduck', REDIS_URL: 'redis://:pw@127.0.0.1:6390/0',
  WILDDUCK_API_URL: 'http://127.0.0.1:8080', WILDDUCK_LMTP: '127.0.0.1:2424', EIDER_TLS_CERT: '/c', EIDER_TLS_KEY: '/k',
};
const secrets = { apiToken: 'token' };

describe('settings', () => {
  const settings = wildduckSettings(loadConfig(env), secrets) as Record<string, Record<string, unknown>>;

  test('the API answers on loopback, to its token, and to no web page', () => {
    expect(settings['api']).toMatchObject({ host: '127.0.0.1', port: 8080, accessToken: 'token', cors: { origins: [] }, accessControl: { enabled: true } });
    expect(settings['lmtp']).toMatchObject({ enabled: true, host: '127.0.0.1', port: 2424 });
  });

  test('public doors are bound as told, IMAP in clear text only until STARTTLS', () => {
    expect(settings['imap']).toMatchObject({ host: '127.0.0.1', port: 2993, secure: true, interface: [{ port: 2143, secure: false, ignoreSTARTTLS: false }] });
    expect(settings['pop3']).toMatchObject({ host: '127.0.0.1', port: 2995, secure: true });
  });

  test('nothing calls out', () => {
    expect(settings).toMatchObject({ acme: { autogenerate: { enabled: false } }, elasticsearch: { enabled: false }, mcp: { enabled: false }, metrics: { enabled: false }, pwned: { enabled: false } });
  });

  test('derived secrets differ from the token and from each other, and stay the same', () => {
    const store = storeSettings(loadConfig(env), secrets) as { sender: { loopSecret: string }; totp: { secret: string }; certs: { secret: string } };
    const derived = [store.sender.loopSecret, store.totp.secret, store.certs.secret, secrets.apiToken];
    expect(new Set(derived).size).toBe(4);
    expect(storeSettings(loadConfig(env), secrets)).toEqual(store);
    expect(storeSettings(loadConfig(env), { apiToken: 'other' })).not.toEqual(store);
  });

  test('a missing setting is named', () => {
    expect(() => wildduckSettings(loadConfig({ ...env, MONGO_URL: '' }), secrets)).toThrow('MONGO_URL');
  });
});

test.each([
  ['127.0.0.1:24', { host: '127.0.0.1', port: 24 }],
  ['http://[::1]:8080', { host: '::1', port: 8080 }],
  ['host.example:25', { host: 'host.example', port: 25 }],
])('endpoint %s', (text, expected) => {
  expect(parseEndpoint(text, 'X')).toEqual(expected);
});

test.each(['', 'host', 'host:', ':25', 'http://host'])('no endpoint: %j', (text) => {
  expect(() => parseEndpoint(text, 'SETTING')).toThrow('SETTING');
});

test.each([
  ['redis://127.0.0.1', { host: '127.0.0.1', port: 6379, db: 0 }],
  ['redis://:p%40ss@host:7000/3', { host: 'host', port: 7000, password: 'p@ss', db: 3 }],
  ['redis://user:pw@[::1]:7000', { host: '::1', port: 7000, username: 'user', password: 'pw', db: 0 }],
  ['rediss://host/1', { host: 'host', port: 6379, db: 1, tls: {} }],
  ['unix:///run/v.sock?db=2&password=x', { path: '/run/v.sock', db: 2, password: 'x' }],
])('redis %s', (url, expected) => {
  expect(redisOptions(url)).toEqual(expected);
});
