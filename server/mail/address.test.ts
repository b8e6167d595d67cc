import { describe, expect, test } from 'vitest';
import { displayDomain, parseAddress, parseDomain } from './address.ts';

const valid: [input: string, normal: string, domain: string, needsSmtputf8: boolean][] = [
  ['alice@example.com', 'alice@example.com', 'example.com', false],
  ['Alice@EXAMPLE.Com.', 'Alice@example.com', 'example.com', false],
  ['a.b+c=d@x-y.example', 'a.b+c=d@x-y.example', 'x-y.example', false],
  ['"john"@example.com', 'john@example.com', 'example.com', false],
  ['"two words"@example.com', '"two words"@example.com', 'example.com', false],
  ['"a@b"@example.com', '"a@b"@example.com', 'example.com', false],
  ['"a\\"b\\\\c"@example.com', '"a\\"b\\\\c"@example.com', 'example.com', false],
  ['".dot"@example.com', '".dot"@example.com', 'example.com', false],
  ['""@example.com', '""@example.com', 'example.com', false],
  ['user@bücher.example', 'user@xn--bcher-kva.example', 'xn--bcher-kva.example', false],
  ['user@BÜCHER。example', 'user@xn--bcher-kva.example', 'xn--bcher-kva.example', false],
  ['jürgen@example.com', 'jürgen@example.com', 'example.com', true],
  ['ju\u0308rgen@example.com', 'jürgen@example.com', 'example.com', true],
  ['用户@例子.测试', '用户@xn--fsqu00a.xn--0zwm56d', 'xn--fsqu00a.xn--0zwm56d', true],
  ['user@[192.0.2.1]', 'user@[192.0.2.1]', '[192.0.2.1]', false],
  ['user@[IPv6:2001:DB8::1]', 'user@[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]', false],
  ['user@localhost', 'user@localhost', 'localhost', false],
  [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`, 'example.com', false],
];

const refused: [input: string, rule: RegExp][] = [
  ['', /form name@domain/],
  ['alice', /form name@domain/],
  ['@example.com', /nothing stands before/],
  ['alice@', /not a domain/],
  ['.a@example.com', /dots before/],
  ['a..b@example.com', /dots before/],
  ['a.@example.com', /dots before/],
  ['a b@example.com', /not allowed without/],
  ['a\u00a0b@example.com', /not allowed without/],
  ['a(comment)@example.com', /not allowed without/],
  ['<a@example.com>', /not allowed without|not a domain/],
  ['a@example.com>', /not a domain/],
  ['a\r\nRCPT TO:<b@example.com>@example.com', /not allowed without|dots/],
  ['"a\r\nb"@example.com', /control characters/],
  ['"a\0b"@example.com', /control characters/],
  ['"open@example.com', /do not close/],
  ['"a"b@example.com', /do not close/],
  ['a@exa mple.com', /not a domain/],
  ['a@-x.example', /not a domain/],
  ['a@x-.example', /not a domain/],
  ['a@example..com', /not a domain/],
  ['a@127.0.0.1', /not a domain/],
  ['a@0x7f.1', /not a domain/],
  ['a@１２７.0.0.1', /not a domain/],
  ['a@[127.0.0.1', /not a domain/],
  ['a@[999.0.0.1]', /not a domain/],
  ['a@[IPv6:zz]', /not a domain/],
  [`a@${'x'.repeat(64)}.example`, /not a domain/],
  [`a@${'x.'.repeat(130)}example`, /not a domain/],
  [`${'a'.repeat(65)}@example.com`, /at most 64/],
  [`${'ü'.repeat(33)}@example.com`, /at most 64/],
  [`${'a'.repeat(60)}@${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}`, /at most 254/],
];

describe('parseAddress', () => {
  test.each(valid)('%j is %j', (input, normal, domain, needsSmtputf8) => {
    const parsed = parseAddress(input);
    expect(parsed).toMatchObject({ kind: 'address', value: { address: normal, domain, needsSmtputf8 } });
    // The normal form is a fixed point.
    expect(parseAddress(normal)).toEqual(parsed);
  });

  test.each(refused)('%j is refused', (input, rule) => {
    expect(parseAddress(input)).toEqual({ kind: 'invalid', rule: expect.stringMatching(rule) });
  });
});

describe('domains', () => {
  test.each([
    ['Example.COM', 'example.com'],
    ['a_b.example', null],
    ['', null],
    ['.', null],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%j parses to %j', (input, expected) => expect(parseDomain(input)).toBe(expected));

  test('shows A-labels as Unicode only where that is the same domain', () => {
    expect(displayDomain('xn--bcher-kva.example')).toBe('bücher.example');
    expect(displayDomain('example.com')).toBe('example.com');
    expect(displayDomain('xn--a.example')).toBe('xn--a.example');
  });
});
