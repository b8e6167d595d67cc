import { describe, expect, test } from 'vitest';
import { matchesStsPattern, parseStsPolicy, stsRecordId } from './mta-sts.ts';

describe('the TXT record (RFC 8461 3.1)', () => {
  test.each<[records: string[], id: string | null]>([
    [['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
    [['v=STSv1;id=1'], '1'],
    [['v=STSv1 ; id = abc ; more=x;'], 'abc'],
    [['v=spf1 -all', 'v=STSv1; id=7;'], '7'],
    [['v=STSv1; id=1;', 'v=STSv1; id=2;'], null],
    [['v=STSv1;'], null],
    [['v=STSv10; id=1;'], null],
    [['v=STSv1; id=has-dash;'], null],
    [[`v=STSv1; id=${'a'.repeat(33)};`], null],
    [[], null],
  ])('%j', (records, id) => expect(stsRecordId(records)).toBe(id));
});

describe('the policy (RFC 8461 3.2)', () => {
  const whole = 'version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.Example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n';
  test('as in the RFC', () =>
    expect(parseStsPolicy(whole)).toEqual({
      kind: 'policy',
      policy: {
        mode: 'enforce', maxAgeSeconds: 604_800, mxPatterns: ['mail.example.com', '*.example.net', 'backupmx.example.com'],
        lines: ['version: STSv1', 'mode: enforce', 'mx: mail.example.com', 'mx: *.Example.net', 'mx: backupmx.example.com', 'max_age: 604800'],
      },
    }));
  test.each<[name: string, text: string, valid: boolean]>([
    ['LF and unknown fields', 'version: STSv1\nmode: testing\nmx: a.example\nmax_age: 86400\nnew_thing: 1\n', true],
    ['mode none needs no mx', 'version: STSv1\nmode: none\nmax_age: 86400', true],
    ['the first of two modes', 'version: STSv1\nmode: none\nmode: enforce\nmax_age: 86400', true],
    ['no version', 'mode: none\nmax_age: 1', false],
    ['another version', 'version: STSv2\nmode: none\nmax_age: 1', false],
    ['no mode', 'version: STSv1\nmx: a.example\nmax_age: 1', false],
    ['no max_age', 'version: STSv1\nmode: none', false],
    ['max_age beyond a year', 'version: STSv1\nmode: none\nmax_age: 31557601', false],
    ['max_age negative', 'version: STSv1\nmode: none\nmax_age: -1', false],
    ['enforce without mx', 'version: STSv1\nmode: enforce\nmax_age: 1', false],
    ['a web page', '<!doctype html>\n<html>', false],
    ['a wildcard within', 'version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1', false],
    ['all hosts', 'version: STSv1\nmode: enforce\nmx: *\nmax_age: 1', false],
    ['empty', '', false],
  ])('%s', (_name, text, valid) => expect(parseStsPolicy(text).kind).toBe(valid ? 'policy' : 'invalid'));
});

test.each<[host: string, pattern: string, matches: boolean]>([
  ['mail.example.com', 'mail.example.com', true],
  ['MAIL.example.com', 'mail.example.com', true],
  ['mx1.example.net', '*.example.net', true],
  ['a.b.example.net', '*.example.net', false],
  ['example.net', '*.example.net', false],
  ['mail.example.com', 'example.com', false],
])('host %s, pattern %s: %s', (host, pattern, matches) => expect(matchesStsPattern(host, [pattern])).toBe(matches));
