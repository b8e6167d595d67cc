import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

describe('loadConfig', () => {
  test('defaults', () => {
    const config = loadConfig({});
    expect(config.ports).toEqual({
      web: 3000, mx: 2525, submission: 2587, submissions: 2465, imap: 2143, imaps: 2993, pop3s: 2995,
    });
    expect(config.bind).toBe('127.0.0.1');
    expect(config.publicUrl).toBe('http://127.0.0.1:3000');
    expect(config.dnsServers).toEqual([]);
  });

  test('empty values count as unset, lists are split', () => {
    const config = loadConfig({ EIDER_PORT_WEB: '', DATABASE_URL: ' ', DNS_SERVERS: '127.0.0.1:53, 127.0.0.2' });
    expect(config.ports.web).toBe(3000);
    expect(config.databaseUrl).toBeUndefined();
    expect(config.dnsServers).toEqual(['127.0.0.1:53', '127.0.0.2']);
  });

  test.each<[Record<string, string>, number | null]>([
    [{}, 14_400_000],
    [{ EIDER_DELAY_REPORT_AFTER: '90min' }, 5_400_000],
    [{ EIDER_DELAY_REPORT_AFTER: 'off' }, null],
  ])('%o: a delay is told after %s ms', (env, ms) => expect(loadConfig(env).delayReportAfterMs).toBe(ms));

  test.each([
    [{ EIDER_PORT_WEB: 'abc' }, 'EIDER_PORT_WEB: a port from 1 to 65535 expected, found "abc"'],
    [{ EIDER_IMPORT_NETWORKS: '10.0.0.0/40' }, 'EIDER_IMPORT_NETWORKS: networks such as 10.0.0.0/8, separated by commas, expected, found "10.0.0.0/40"'],
    [{ EIDER_IMPORT_NETWORKS: 'localhost' }, 'EIDER_IMPORT_NETWORKS: networks such as 10.0.0.0/8, separated by commas, expected, found "localhost"'],
    [{ EIDER_DELAY_REPORT_AFTER: '4 days' }, 'EIDER_DELAY_REPORT_AFTER: a time such as 4h or 90min below 120h, or off, expected, found "4 days"'],
    [{ EIDER_DELAY_REPORT_AFTER: '120h' }, 'EIDER_DELAY_REPORT_AFTER'],
    [{ EIDER_PORT_MX: '70000' }, 'EIDER_PORT_MX'],
    [{ EIDER_PORT_MX: '3000' }, 'EIDER_PORT_MX and EIDER_PORT_WEB are both 3000'],
  ])('%o is refused by name', (env, message) => {
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(message);
  });
});
